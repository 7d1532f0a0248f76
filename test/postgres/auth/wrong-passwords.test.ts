import { expect, test } from 'vitest';
import { type Access, createAccess } from '../../../src/auth/access.ts';
import { createAccessRepository } from '../../../src/auth/access-repository.ts';
import { createFailureRepository } from '../../../src/auth/failure-repository.ts';
import { PaperdeskError } from '../../../src/errors.ts';
import { openSharedStore } from '../../helper/shared-store.ts';

const PASSWORD = 'correct horse battery';

async function openNodes(count = 2) {
  const { databases } = await openSharedStore(count);
  let now = 1_000_000;
  const nodes = databases.map((database) =>
    createAccess({
      repository: createAccessRepository(database),
      failures: createFailureRepository(database),
      sessionMs: 3_600_000,
      passwordCost: { N: 16, r: 1, p: 1 },
      now: () => now,
    }),
  );
  await nodes[0]!.initializePassword(PASSWORD);
  return {
    nodes,
    advance(ms: number) {
      now += ms;
    },
  };
}

/** The code of the refusal, or `ok`. */
async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'ok';
  } catch (error) {
    if (error instanceof PaperdeskError) return error.code;
    throw error;
  }
}

function countOf(codes: readonly string[], wanted: string): number {
  return codes.filter((code) => code === wanted).length;
}

/** Sends guesses to all nodes at the same time. */
async function attack(nodes: readonly Access[], guesses: number, addressOf: (guess: number) => string) {
  const all = Array.from({ length: guesses }, (_, guess) =>
    codeOf(nodes[guess % nodes.length]!.login(`wrong ${guess}`, addressOf(guess))),
  );
  return Promise.all(all);
}

test('three nodes attacked at once from one address check five passwords, as one node does', async () => {
  const { nodes, advance } = await openNodes(3);
  const codes = await attack(nodes, 60, () => '192.0.2.1');
  expect(countOf(codes, 'PASSWORD_MISMATCH')).toBe(5);
  expect(countOf(codes, 'RATE_LIMITED')).toBe(55);
  for (const waitMs of [1000, 2000, 4000]) {
    advance(waitMs);
    expect(countOf(await attack(nodes, 30, () => '192.0.2.1'), 'PASSWORD_MISMATCH')).toBe(1);
  }
});

test('three nodes attacked at once from ten addresses check thirty passwords, and the first of each address', async () => {
  const { nodes } = await openNodes(3);
  const codes = await attack(nodes, 90, (guess) => `192.0.2.${guess % 10}`);
  expect(countOf(codes, 'PASSWORD_MISMATCH')).toBeGreaterThanOrEqual(30);
  expect(countOf(codes, 'PASSWORD_MISMATCH')).toBeLessThanOrEqual(40);
  expect(await codeOf(nodes[1]!.login(PASSWORD, '198.51.100.1'))).toBe('ok');
});

test('the right password is taken back on all nodes', async () => {
  const { nodes } = await openNodes();
  const [a, b] = nodes as [Access, Access];
  for (let round = 0; round < 10; round += 1) {
    const logins = [a, b, a, b].map((node) => codeOf(node.login(PASSWORD, '192.0.2.1')));
    expect(await Promise.all(logins)).toEqual(['ok', 'ok', 'ok', 'ok']);
  }
});

test('tokens of one node are valid on the others, until any node ends them', async () => {
  const { nodes } = await openNodes();
  const [a, b] = nodes as [Access, Access];
  const one = await a.login(PASSWORD, '192.0.2.1');
  expect(await codeOf(b.identify(one.token))).toBe('ok');
  await b.logout(one.token);
  expect(await codeOf(a.identify(one.token))).toBe('TOKEN_INVALID');
  const two = await a.login(PASSWORD, '192.0.2.1');
  await b.endAllSessions();
  expect(await codeOf(a.identify(two.token))).toBe('TOKEN_INVALID');
  const service = await b.createServiceToken('loop');
  expect(await codeOf(a.identify(service.token))).toBe('ok');
  await a.revokeServiceToken(service.id);
  expect(await codeOf(b.identify(service.token))).toBe('TOKEN_INVALID');
});

test('a new password leaves no session that another node opened with the old one at the same time', async () => {
  const { nodes } = await openNodes();
  const [a, b] = nodes as [Access, Access];
  let password = PASSWORD;
  for (let round = 0; round < 20; round += 1) {
    const next = `password number ${round}`;
    const logins = Array.from({ length: 4 }, () => a.login(password, '192.0.2.1'));
    const [sessions] = await Promise.all([Promise.allSettled(logins), b.resetPassword(next)]);
    for (const session of sessions) {
      if (session.status === 'fulfilled')
        expect(await codeOf(a.identify(session.value.token))).toBe('TOKEN_INVALID');
    }
    password = next;
    await a.login(password, '192.0.2.1');
    await b.endAllSessions();
  }
});
