import { hostname } from 'node:os';
import { expect, test } from 'vitest';
import { partsOf, reportAddress, reportNode } from '../../../src/services/node-parts.ts';

/** Collects a report. */
function createReport() {
  const parts = new Map<string, unknown>();
  const reportPart = (name: string, read: () => unknown) => void parts.set(name, read());
  /** As other nodes get it. */
  const received = () => JSON.parse(JSON.stringify(Object.fromEntries(parts)));
  return { reportPart, received };
}

test('a node reports its memory, with that of its models, its inference process and its jobs', () => {
  const report = createReport();
  const running = [{ kind: 'replay', running: 2 }];
  const models = [{ privateBytes: 1.4 }, { privateBytes: 2 }];
  reportNode(
    report,
    { status: () => ({ state: 'running', deaths: 2, models }) as never },
    { runningHere: () => running },
  );
  const { memory, inference, jobs, address } = partsOf(report.received());
  expect(memory?.resident_bytes).toBeGreaterThan(memory?.heap_bytes ?? Number.POSITIVE_INFINITY);
  expect(memory?.models_bytes).toBe(3);
  expect(inference).toEqual({ state: 'running', deaths: 2 });
  expect({ jobs, address }).toEqual({ jobs: running, address: null });
});

test.each([
  ['127.0.0.1', 'http://127.0.0.1:6300'],
  ['::1', 'http://[::1]:6300'],
  ['0.0.0.0', `http://${hostname()}:6300`],
  ['::', `http://${hostname()}:6300`],
])('a node that listens on %s reports %s', (host, address) => {
  const report = createReport();
  reportAddress(report, { host, port: 6300 });
  expect(report.received()).toEqual({ address });
});

test('parts of another form are null, and the others stay', () => {
  const nothing = { memory: null, inference: null, jobs: null, address: null };
  const address = 'http://a:1';
  expect(partsOf({})).toEqual(nothing);
  expect(partsOf({ memory: 'much', inference: { state: 'asleep', deaths: 0 }, jobs: {}, address })).toEqual({
    ...nothing,
    address,
  });
  expect(partsOf({ memory: { resident_bytes: -1, heap_bytes: 1, models_bytes: 1 }, jobs: [3] })).toEqual(
    nothing,
  );
  expect(partsOf({ address: 'javascript:alert(1)' })).toEqual(nothing);
});
