import { Agent, get } from 'node:http';
import { quantile } from './measure.ts';

/** Sends requests to `URL` for `MS` milliseconds, one every 5 ms, and prints their 50 and 99 % times in ms. */
const [url, duration] = process.argv.slice(2) as [string, string];
const agent = new Agent({ keepAlive: true });
const times: number[] = [];
const end = performance.now() + Number(duration);
while (performance.now() < end) {
  const start = performance.now();
  await new Promise<void>((resolve, reject) => {
    get(url, { agent }, (answer) => answer.resume().on('end', resolve)).on('error', reject);
  });
  times.push(performance.now() - start);
  await new Promise((resolve) => setTimeout(resolve, 5));
}
agent.destroy();
times.sort((a, b) => a - b);
console.log(
  JSON.stringify({ requests: times.length, median: quantile(times, 0.5), p99: quantile(times, 0.99) }),
);
