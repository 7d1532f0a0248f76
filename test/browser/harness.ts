import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { AxeResults } from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, inject } from 'vitest';
import { PROJECT_ROOT } from '../../src/runtime/project-root.ts';
import { startTestService, type TestService, type TestServiceOptions } from '../helper/service.ts';

/** A whole service that listens, for a browser to use. */
export interface ListeningService {
  readonly url: string;
  readonly service: TestService;
  /** Ends it and starts it again at the same address. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export async function startListeningService(options?: TestServiceOptions): Promise<ListeningService> {
  const service = await startTestService(options);
  const url = await service.app.listen({ host: '127.0.0.1', port: 0 });
  return {
    url,
    service,
    async restart() {
      await service.restart();
      await service.app.listen({ host: '127.0.0.1', port: Number(new URL(url).port) });
    },
    close: () => service.close(),
  };
}

export const VIEWPORTS = {
  desktop: { width: 1440, height: 900 },
  phone: { width: 390, height: 844 },
  /** The narrowest screen that has to work. */
  narrow: { width: 360, height: 740 },
} as const;

/** Every size once, and both schemes. */
export const SCREENS = [
  ['desktop', 'light'],
  ['phone', 'dark'],
  ['narrow', 'light'],
] as const;

export interface PageOptions {
  readonly viewport?: keyof typeof VIEWPORTS;
  readonly colorScheme?: 'light' | 'dark';
  /** What would fail the test, but belongs to it: a refusal, a connection that is cut. */
  readonly tolerate?: readonly RegExp[];
}

export interface TestPage {
  /** Playwright's page, with everything it can do. */
  readonly page: Page;
  /** Goes to an address of the service and waits until its view is drawn. */
  visit(path: string): Promise<void>;
  /** Keeps `test-artifacts/<name>.png`, the whole page unless said. */
  screenshot(name: string, options?: { fullPage?: boolean }): Promise<void>;
  /** Fails on findings of axe-core that are serious or critical, and when something is wider than the screen. */
  expectAccessible(): Promise<void>;
}

const ARTIFACTS = join(PROJECT_ROOT, 'test-artifacts');

/**
 * Gives the tests of a file a browser. After each test its pages are closed, and whatever went wrong in one of them
 * (errors in the console, violations of the Content-Security-Policy, requests that failed) fails the test.
 */
export function useBrowser(): {
  openPage(target: ListeningService, options?: PageOptions): Promise<TestPage>;
} {
  let browser: Browser;
  let open: { context: BrowserContext; problems: string[]; tolerate: readonly RegExp[] }[] = [];
  beforeAll(async () => {
    await mkdir(ARTIFACTS, { recursive: true });
    browser = await chromium.launch({
      executablePath: inject('chromium'),
      // Nothing but this machine can be reached.
      args: ['--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1', '--disable-dev-shm-usage'],
    });
  });
  afterAll(() => browser?.close());
  afterEach(async () => {
    const closing = open;
    open = [];
    for (const { context } of closing) await context.close();
    for (const { problems, tolerate } of closing) {
      expect(problems.filter((problem) => !tolerate.some((one) => one.test(problem)))).toEqual([]);
    }
  });

  return {
    async openPage({ url, service }, { viewport = 'desktop', colorScheme = 'light', tolerate = [] } = {}) {
      const isPhone = viewport !== 'desktop';
      const context = await browser.newContext({
        baseURL: url,
        viewport: VIEWPORTS[viewport],
        colorScheme,
        isMobile: isPhone,
        hasTouch: isPhone,
        reducedMotion: 'reduce',
        timezoneId: 'Europe/Berlin',
        locale: 'en-GB',
      });
      const page = await context.newPage();
      // The page shows ages by its own clock, which has to agree with the service's.
      await page.clock.setFixedTime(service.services.clock.now());
      const problems: string[] = [];
      open.push({ context, problems, tolerate });
      await noteProblems(page, problems);
      return testPage(page);
    },
  };
}

// What runs in the browser is text here: these files are checked with the types of Node, not of a browser.
const TELL_VIOLATIONS = `document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
  console.error('Content-Security-Policy: ' + violatedDirective + ' refused ' + blockedURI);
});`;

async function noteProblems(page: Page, problems: string[]): Promise<void> {
  await page.addInitScript({ content: TELL_VIOLATIONS });
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`console: ${message.text()} (${message.location().url})`);
  });
  page.on('pageerror', (error) => problems.push(`error: ${error.stack ?? error.message}`));
  page.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText ?? '';
    // What the page itself gives up, for example on leaving a view.
    if (reason !== 'net::ERR_ABORTED') problems.push(`request: ${request.url()} ${reason}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) problems.push(`answer: ${response.url()} ${response.status()}`);
  });
}

function testPage(page: Page): TestPage {
  return {
    page,
    async visit(path) {
      await page.goto(path);
      await page.locator('h1').first().waitFor({ state: 'attached' });
      await settled(page);
    },
    async screenshot(name, { fullPage = true } = {}) {
      await settled(page);
      await page.screenshot({ path: join(ARTIFACTS, `${name}.png`), fullPage });
    },
    async expectAccessible() {
      await settled(page);
      await page.evaluate(await axeSource());
      const { violations } = await page.evaluate<AxeResults>(`axe.run(${AXE})`);
      const findings = violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(
          ({ id, nodes }) =>
            `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join(' ')}`,
        );
      expect(findings).toEqual([]);
      const beyond = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
      expect(beyond, 'CSS pixels that the page is wider than the screen').toBeLessThanOrEqual(0);
    },
  };
}

/** Until nothing is being loaded any more. */
async function settled(page: Page): Promise<void> {
  await page.locator('.skeleton, .chart-loading').first().waitFor({ state: 'detached' });
}

/** Nothing but what the test looks at, which takes a third of the time. */
const AXE = JSON.stringify({
  resultTypes: ['violations'],
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'],
});

let axe: Promise<string> | undefined;

function axeSource(): Promise<string> {
  axe ??= readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  return axe;
}
