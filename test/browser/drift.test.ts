import { afterAll, beforeAll, test } from 'vitest';
import { withWrongVolume } from '../helper/played-recording.ts';
import { warmedUp } from '../helper/upload.ts';
import { type ListeningService, SCREENS, startListeningService, useBrowser } from './harness.ts';

const browser = useBrowser();
let target: ListeningService;
beforeAll(async () => {
  // The warm-up loads the candles that are judged.
  target = await startListeningService({
    isFirstStart: true,
    now: () => Date.parse('2026-11-26T00:16:00Z'),
    changeRecording: (recording) => withWrongVolume(recording, Date.parse('2026-11-25T00:00:00Z')),
  });
  await warmedUp(target.service.app, 'ppo_v1');
});
afterAll(() => target.close());

for (const [viewport, colorScheme] of SCREENS) {
  test(`a package says which features left their range, and shows figures: ${viewport}, ${colorScheme}`, async () => {
    const { page, visit, screenshot, expectAccessible } = await browser.openPage(target, {
      viewport,
      colorScheme,
    });
    await visit('/packages/ppo_v1');
    const panel = page.getByRole('region', { name: 'Is the model still in its world?' });
    await panel.getByText('1 of 23 features on alert').waitFor();
    await panel.getByText(/^vol_log was \d+\.\d deviations above/).waitFor();
    await panel.getByText('Figures of 23 features').click();
    await panel.getByRole('row', { name: /^vol_log/ }).waitFor();
    await expectAccessible();
    await screenshot(`drift-${viewport}-${colorScheme}`);
    await visit('/packages');
    await page.getByRole('row').filter({ hasText: 'ppo_v1' }).getByText('1 feature on alert').waitFor();
    await expectAccessible();
  });
}

test('an archived package says in one line that it is not watched', async () => {
  const { page, visit } = await browser.openPage(target);
  await target.service.app.inject({ method: 'POST', url: '/model-packages/ppo_v1/archive' });
  await visit('/packages/ppo_v1');
  await page.getByText('Features of an archived package are not watched.').waitFor();
});
