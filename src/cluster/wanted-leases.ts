import type { BeginWork, EndWork } from './leases.ts';

/** A part of the node that wants a lease. */
export interface LeaseUser {
  readonly name: string;
  readonly begin: BeginWork;
  /** Undefined while this node does not hold the lease. */
  end: EndWork | undefined;
}

/** Who wants which lease on this node, and what they do with it. */
export function createWantedLeases() {
  const users = new Set<LeaseUser>();
  const usersOf = (name: string) => [...users].filter((user) => user.name === name);

  async function end(user: LeaseUser): Promise<void> {
    const endWork = user.end;
    user.end = undefined;
    await endWork?.();
  }

  return {
    add(name: string, begin: BeginWork): LeaseUser {
      const user = { name, begin, end: undefined };
      users.add(user);
      return user;
    },
    /** Waits until the user's work has ended. */
    async remove(user: LeaseUser): Promise<void> {
      users.delete(user);
      await end(user);
    },
    /** Names of the wanted leases, each once, in alphabetical order. */
    names: () => [...new Set([...users].map(({ name }) => name))].sort(),
    isWanted: (name: string) => usersOf(name).length > 0,
    /** Begins the work of all users of a lease who have not begun. To be called while this node holds it. */
    begin(name: string): void {
      for (const user of usersOf(name)) user.end ??= user.begin();
    },
    /** Ends the work of all users of a lease. */
    async end(name: string): Promise<void> {
      await Promise.all(usersOf(name).map(end));
    },
    async endAll(): Promise<void> {
      await Promise.all([...users].map(end));
    },
  };
}
