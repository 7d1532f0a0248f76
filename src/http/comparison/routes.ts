import { watchEvents } from '../../events/watch-events.ts';
import type { Replay } from '../../replays/replay-job.ts';
import { createRevisionCache } from '../../runtime/revision-cache.ts';
import type { ComparedAccount } from '../../statistics/compared-accounts.ts';
import { judgedReplay } from '../replays/judged-replay.ts';
import { problems } from '../shared/problem-schema.ts';
import type { Routes } from '../shared/routes.ts';
import { serializeOnce } from '../shared/serialize-once.ts';
import { type FinishedReplay, rankAccounts, rankReplays } from './answer.ts';
import { answerOfPair, recordsOfAccounts, recordsOfReplays } from './pairs.ts';
import { type ComparisonAnswer, comparison, comparisonQuery, pairs, pairsQuery } from './schema.ts';

const MAX_REPLAYS = 100;

/** `GET /paper/compare` (http.md#21). */
export const comparisonRoutes: Routes = async (
  app,
  { statistics: { comparedAccounts, compareRecords, trials }, replays, events },
) => {
  app.setSerializerCompiler(serializeOnce);
  const texts = new WeakMap<object, string>();
  const textOnce = (answer: object) => {
    const text = texts.get(answer) ?? JSON.stringify(answer);
    texts.set(answer, text);
    return text;
  };
  const answers = new WeakMap<readonly ComparedAccount[], ComparisonAnswer>();

  const replayAnswers = createRevisionCache<ComparisonAnswer>({ maxEntries: 1 });
  const togetherAnswers = new WeakMap<
    ComparisonAnswer,
    { replays: ComparisonAnswer; both: ComparisonAnswer }
  >();

  async function judged(finished: readonly Replay[]): Promise<FinishedReplay[]> {
    const withResults = finished.flatMap((replay) =>
      replay.results === null ? [] : [{ replay, results: replay.results }],
    );
    const all = await trials.judgeAll(
      withResults.map(({ replay, results }) => judgedReplay(replay, results)),
    );
    return withResults.map((one, index) => ({ ...one, judged: all[index]! }));
  }

  /** The answer is the same until another replay is done or removed, or something else was tried. */
  async function compareReplays(): Promise<ComparisonAnswer> {
    return replayAnswers.get(
      'finished',
      async () => `${await replays.newestRuns(MAX_REPLAYS)} ${await trials.revision()}`,
      async () => ({ items: rankReplays(await judged(await replays.finished(MAX_REPLAYS))) }),
    );
  }

  let isAskedFor = false;
  // Who looks at replays looks again when one is done: then the answer is there already.
  watchEvents(events, 'replay', (event) => {
    if (!isAskedFor || (event !== undefined && event.data.state !== 'DONE')) return;
    isAskedFor = false;
    compareReplays().catch((error: unknown) => {
      app.log.warn({ err: error }, 'replays could not be compared ahead of a request');
    });
  });

  async function compareAll(): Promise<ComparisonAnswer> {
    const [live, replayed] = [await compareLive(), await compareReplays()];
    const known = togetherAnswers.get(live);
    if (known?.replays === replayed) return known.both;
    const both = { items: [...live.items, ...replayed.items] };
    togetherAnswers.set(live, { replays: replayed, both });
    return both;
  }

  /** The accounts are the same array until one of them changes, and the answer of a hundred takes some 10 ms. */
  async function compareLive(): Promise<ComparisonAnswer> {
    const accounts = await comparedAccounts();
    const answer = answers.get(accounts) ?? { items: rankAccounts(accounts) };
    answers.set(accounts, answer);
    return answer;
  }

  app.get(
    '/paper/compare',
    {
      config: { foreignPages: 'refused' },
      schema: {
        tags: ['paper accounts'],
        summary: 'Accounts side by side, ranked by return; replays are ranked separately',
        querystring: comparisonQuery,
        response: { 200: comparison },
      },
      // The parts of the answer are checked where it is put together.
      serializerCompiler: () => textOnce,
    },
    async ({ query: { kind } }) => {
      if (kind !== 'live') isAskedFor = true;
      return { live: compareLive, replay: compareReplays, all: compareAll }[kind]();
    },
  );

  app.get(
    '/paper/compare/pairs',
    {
      config: { foreignPages: 'refused' },
      schema: {
        tags: ['paper accounts'],
        summary: 'Whether some accounts, or some replays, differ by more than chance: each with each',
        querystring: pairsQuery,
        response: { 200: pairs, ...problems(404, 409, 422) },
      },
    },
    async ({ query }) => {
      const records =
        'models' in query
          ? recordsOfAccounts(await comparedAccounts(), query.models)
          : await recordsOfReplays(replays, query.replays);
      return { pairs: (await compareRecords.all(records)).map(answerOfPair) };
    },
  );
};
