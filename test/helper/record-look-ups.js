// Preloaded into a process (`node --import`): writes each name that it looks up, a line each, to the file LOOK_UPS.

import dns from 'node:dns';
import { appendFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const record = (owner) => {
  for (const name of Object.keys(owner)) {
    if (!/^(lookup|resolve|reverse)/.test(name) || typeof owner[name] !== 'function') continue;
    const original = owner[name];
    owner[name] = function (host, ...others) {
      appendFileSync(process.env.LOOK_UPS, `${host}\n`);
      return original.call(this, host, ...others);
    };
  }
};
record(dns);
record(dns.promises);
for (const { prototype } of [dns.Resolver, dns.promises.Resolver]) {
  const owner = {};
  for (const name of Object.getOwnPropertyNames(prototype)) owner[name] = prototype[name];
  record(owner);
  Object.assign(prototype, owner);
}
syncBuiltinESMExports();
