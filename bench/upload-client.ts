import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { request } from 'node:http';
import { pipeline } from 'node:stream/promises';

/** Uploads `FORECAST` and `POLICY` as a package to `ADDRESS`; files are streamed from the disk, as by curl. */
const [address, forecast, policy] = process.argv.slice(2) as [string, string, string];
const boundary = 'paperdesk-bench';

async function* body() {
  yield Buffer.from(`--${boundary}\r\ncontent-disposition: form-data; name="name"\r\n\r\nproduction\r\n`);
  for (const [part, path] of [
    ['forecast_model', forecast],
    ['ppo_model', policy],
  ] as const) {
    yield Buffer.from(
      `--${boundary}\r\ncontent-disposition: form-data; name="${part}"; filename="${part}"\r\n\r\n`,
    );
    yield* createReadStream(path, { highWaterMark: 256 * 1024 });
    yield Buffer.from('\r\n');
  }
  yield Buffer.from(`--${boundary}--\r\n`);
}

const start = performance.now();
const upload = request(`${address}/model-packages/upload`, {
  method: 'POST',
  headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
});
const answered = once(upload, 'response');
await pipeline(body, upload);
const [answer] = await answered;
answer.resume();
await once(answer, 'end');
if (answer.statusCode !== 201) throw new Error(`The upload failed with status ${answer.statusCode}.`);
console.log(performance.now() - start);
