import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import type { Database } from '../../../src/db/connection.ts';
import { startListener } from '../../../src/db/postgres/listener.ts';
import type { EventHub } from '../../../src/events/event-hub.ts';
import {
  createEventRepository,
  EVENT_CHANNEL,
  MAX_STORED_EVENTS,
  type NewEvent,
} from '../../../src/events/event-repository.ts';
import { createSharedEventHub } from '../../../src/events/shared-event-hub.ts';
import { SYSTEM_TIMERS } from '../../../src/runtime/timers.ts';
import { silentLog } from '../../helper/log.ts';
import { openSharedStore } from '../../helper/shared-store.ts';
import { waitUntil } from '../../helper/wait.ts';

const timers = SYSTEM_TIMERS;
const log = silentLog;

async function openHubs(nodes = 2) {
  const { url, databases } = await openSharedStore(nodes);
  const open = async (database: Database, node: string) => {
    const hub = await createSharedEventHub({
      repository: createEventRepository(database),
      listen: (wake) =>
        startListener({
          ...{ url, channel: EVENT_CHANNEL, timers, log },
          onConnect: wake,
          onNotification: (payload) => wake(Number(payload)),
        }),
      ...{ node, timers, log },
    });
    onTestFinished(() => hub.close());
    return hub;
  };
  const hubs = await Promise.all(databases.map((database, index) => open(database, `node-${index}`)));
  return { hubs, databases, open };
}

interface Stream {
  readonly ids: number[];
  readonly names: unknown[];
  readonly own: boolean[];
  resets: number;
  stop(): void;
}

function follow(hub: EventHub, lastId?: string): Stream {
  const stream: Stream = { ids: [], names: [], own: [], resets: 0, stop: () => {} };
  stream.stop = hub.subscribe(
    {
      onEvent({ id, data, isOwn }) {
        stream.ids.push(Number(id));
        stream.names.push(data.name);
        stream.own.push(isOwn);
      },
      onReset() {
        stream.resets += 1;
      },
    },
    lastId,
  );
  return stream;
}

function publish(hub: EventHub, ...names: string[]): void {
  for (const name of names) hub.publish('package', { name });
}

function expectInOrder({ ids }: Stream): void {
  expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
}

test('events of all nodes reach the subscribers of all nodes, with one id and in one order', async () => {
  const { hubs } = await openHubs(3);
  const streams = hubs.map((hub) => follow(hub));
  const expected: string[] = [];
  for (let round = 0; round < 50; round += 1) {
    for (const [node, hub] of hubs.entries()) {
      publish(hub, `${node}-${round}`);
      expected.push(`${node}-${round}`);
    }
    await new Promise(setImmediate);
  }
  await waitUntil('all streams have all events', () => streams.every(({ ids }) => ids.length >= 150));
  const [first] = streams as [Stream, ...Stream[]];
  expectInOrder(first);
  expect([...first.names].sort()).toEqual(expected.sort());
  for (const [node, { ids, names, own, resets }] of streams.entries()) {
    expect({ ids, names, resets }).toEqual({ ids: first.ids, names: first.names, resets: 0 });
    expect(own).toEqual(names.map((name) => String(name).startsWith(`${node}-`)));
  }
  // Each node's own events stay in the order in which it published them.
  for (const node of hubs.keys()) {
    const own = first.names.map(String).filter((name) => name.startsWith(`${node}-`));
    expect(own).toEqual(Array.from({ length: 50 }, (_, round) => `${node}-${round}`));
  }
});

test('a stream that moves from node to node while events are published misses and repeats none', async () => {
  const { hubs } = await openHubs();
  const [a, b] = hubs as [EventHub, EventHub];
  const whole = follow(a);
  publish(a, 'first');
  await waitUntil('the first event', () => whole.ids.length === 1);
  const moved: number[] = [whole.ids[0]!];
  for (let move = 0; move < 40; move += 1) {
    const stream = follow(move % 2 === 0 ? b : a, String(moved.at(-1)));
    publish(a, `a-${move}`);
    publish(b, `b-${move}`);
    await waitUntil('the stream gets something', () => stream.ids.length > 0);
    stream.stop();
    moved.push(...stream.ids);
  }
  publish(a, 'last');
  const last = follow(b, String(moved.at(-1)));
  await waitUntil(
    'both have the last event',
    () => whole.names.at(-1) === 'last' && last.names.at(-1) === 'last',
  );
  expect([...moved, ...last.ids]).toEqual(whole.ids);
});

test('an id ahead of a node is no reason for a repetition', async () => {
  const { databases } = await openHubs(1);
  const repository = createEventRepository(databases[0]!);
  const rows = Array.from(
    { length: 3 },
    (_, index): NewEvent => ({
      ...{ node: 'elsewhere', sequence: index + 1, kind: 'package', data: { name: index } },
    }),
  );
  // A node that has not read anything yet.
  const hub = await createSharedEventHub({
    repository,
    listen: () => ({ close: async () => {} }),
    ...{ node: 'behind', timers, log },
  });
  onTestFinished(() => hub.close());
  await repository.append(rows);
  const stream = follow(hub, '2');
  await waitUntil('the third event', () => stream.ids.length > 0);
  publish(hub, 'own');
  await waitUntil('the own event', () => stream.names.includes('own'));
  expect(stream.names).toEqual([2, 'own']);
});

test('connections that break lose nothing and repeat nothing', async () => {
  const { hubs, databases } = await openHubs();
  const streams = hubs.map((hub) => follow(hub));
  for (let round = 0; round < 10; round += 1) {
    for (const [node, hub] of hubs.entries()) publish(hub, `${node}-${round}`);
    if (round % 3 === 1) {
      // All connections of the test database but this one: those that listen, and those in a transaction.
      await sql`select pg_terminate_backend(pid) from pg_stat_activity
                where datname = current_database() and pid <> pg_backend_pid()`.execute(databases[0]!);
    }
    await waitUntil('the round arrives', () => streams.every(({ ids }) => ids.length >= 2 * (round + 1)));
  }
  for (const stream of streams) {
    expectInOrder(stream);
    expect(stream.names).toHaveLength(20);
    expect(new Set(stream.names).size).toBe(20);
    expect(stream.resets).toBe(0);
  }
});

test('a node that is gone resets every stream once, however many nodes notice it', async () => {
  const { hubs } = await openHubs(3);
  const streams = hubs.map((hub) => follow(hub));
  publish(hubs[0]!, 'before');
  await waitUntil('the event', () => streams.every(({ ids }) => ids.length === 1));
  for (const hub of hubs) hub.nodeLost('dead-node');
  publish(hubs[1]!, 'after');
  await waitUntil('the event after it', () => streams.every(({ names }) => names.includes('after')));
  publish(hubs[2]!, 'last');
  await waitUntil('the last event', () => streams.every(({ names }) => names.includes('last')));
  expect(streams.map(({ resets }) => resets)).toEqual([1, 1, 1]);
  // Also a client that was away then.
  const late = follow(hubs[2]!, String(streams[0]!.ids[0]));
  await waitUntil('the late client has all', () => late.names.includes('last'));
  expect(late.resets).toBe(1);
});

test('old events are removed; who needs them is reset, and gets the events after that', async () => {
  const { hubs, databases } = await openHubs(1);
  const [hub] = hubs as [EventHub];
  const repository = createEventRepository(databases[0]!);
  const whole = follow(hub);
  publish(hub, 'first');
  await waitUntil('the first event', () => whole.ids.length === 1);
  for (let batch = 0; batch < MAX_STORED_EVENTS / 500; batch += 1) {
    const events = Array.from(
      { length: 500 },
      (_, index): NewEvent => ({
        ...{ node: 'busy', sequence: 500 * batch + index + 1, kind: 'equity', data: {} },
      }),
    );
    await repository.append(events);
  }
  await waitUntil('all events', () => whole.ids.length === MAX_STORED_EVENTS + 1);
  expect(await databases[0]!.selectFrom('events').select('id').execute()).toHaveLength(MAX_STORED_EVENTS);
  const streams = [follow(hub, '1'), follow(hub, '9999999'), follow(hub, 'another-run-7'), follow(hub, '2')];
  // The new event removes the oldest one, which the last stream asks for the events after.
  await waitUntil('the events that are stored', () => streams[3]!.ids.length === MAX_STORED_EVENTS - 1);
  publish(hub, 'new');
  await waitUntil('the new event', () => streams.every(({ names }) => names.includes('new')));
  expect(streams.map(({ ids, resets }) => [ids.length, resets])).toEqual([
    [1, 1],
    [1, 1],
    [1, 1],
    [MAX_STORED_EVENTS, 0],
  ]);
});

test('an event that is stored twice, because an answer was lost, is one event', async () => {
  const { databases } = await openSharedStore(1);
  const repository = createEventRepository(databases[0]!);
  const event = (sequence: number): NewEvent => ({
    node: 'a',
    sequence,
    kind: 'package',
    data: { sequence },
  });
  await repository.append([event(1), event(2)]);
  await repository.append([event(1), event(2), event(3)]);
  const rows = await repository.after(0, 10);
  expect(rows?.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
});

test('ids become visible in their order, however many connections store events', async () => {
  const { databases } = await openSharedStore(5);
  const [reader, ...writers] = databases.map(createEventRepository);
  const seen: number[] = [];
  const writing = Promise.all(
    writers.map(async (writer, node) => {
      for (let sequence = 1; sequence <= 100; sequence += 2) {
        const event = (at: number) => ({ node: `w${node}`, sequence: at, kind: 'equity', data: {} });
        await writer.append([event(sequence), event(sequence + 1)]);
      }
    }),
  );
  let isDone = false;
  void writing.then(() => {
    isDone = true;
  });
  for (let wasDone = false; !wasDone; ) {
    wasDone = isDone;
    const rows = await reader!.after(seen.at(-1) ?? 0, 1000);
    seen.push(...rows!.map(({ id }) => id));
  }
  await writing;
  expect(seen).toEqual(Array.from({ length: 400 }, (_, index) => index + 1));
});

test('rows that cannot be read reset the streams', async () => {
  const { hubs, databases } = await openHubs(1);
  const stream = follow(hubs[0]!);
  const rows = [
    { kind: 'package', data: 'not JSON' },
    { kind: 'package', data: '[1]' },
    { kind: 'x\nevent: y', data: '{}' },
  ];
  for (const [index, row] of rows.entries()) {
    await databases[0]!
      .insertInto('events')
      .values({ id: index + 1, node: 'x', sequence: index, ...row })
      .execute();
  }
  publish(hubs[0]!, 'good');
  await waitUntil('the good event', () => stream.names.includes('good'));
  expect(stream.resets).toBe(3);
  expect(stream.names).toEqual(['good']);
});

test('what is published before the end of a node is stored', async () => {
  const { hubs } = await openHubs();
  const stream = follow(hubs[1]!);
  publish(hubs[0]!, ...Array.from({ length: 600 }, (_, index) => `last-${index}`));
  await hubs[0]!.close();
  await waitUntil('all of them', () => stream.names.length === 600);
});
