import type { ServerResponse } from 'node:http';
import type { Fault } from './faults.ts';

export interface WrittenAnswer {
  readonly status: number;
  readonly json: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

const HTML =
  '<!DOCTYPE html><html><head><title>Bad gateway</title></head><body>Try again later.</body></html>';

/** Sends an answer, with a fault if there is one. */
export function writeAnswer(response: ServerResponse, answer: WrittenAnswer, fault: Fault | undefined): void {
  const json = { 'content-type': 'application/json;charset=UTF-8', ...answer.headers };
  const body = Buffer.from(JSON.stringify(answer.json));
  const half = Math.max(1, body.length >> 1);
  switch (fault?.kind) {
    case 'status': {
      const refused = { code: -1003, msg: `Scripted answer with status ${fault.status}.` };
      const wait = fault.retryAfterSeconds;
      const headers = wait === undefined ? json : { ...json, 'retry-after': String(wait) };
      send(response, fault.status, Buffer.from(JSON.stringify(refused)), headers);
      break;
    }
    case 'html':
      send(response, fault.status ?? 200, Buffer.from(HTML), { ...json, 'content-type': 'text/html' });
      break;
    case 'truncated':
      send(response, answer.status, body.subarray(0, half), json);
      break;
    case 'hang':
      break;
    case 'delay':
      setTimeout(() => send(response, answer.status, body, json), fault.ms);
      break;
    case 'reset':
      if (fault.midBody === true) {
        response.writeHead(answer.status, { ...json, 'content-length': body.length });
        response.write(body.subarray(0, half), () => response.socket?.resetAndDestroy());
      } else {
        response.socket?.resetAndDestroy();
      }
      break;
    case 'drip':
      response.writeHead(answer.status, { ...json, 'content-length': body.length });
      drip(response, body, fault);
      break;
    default:
      send(response, answer.status, body, json);
  }
}

function send(response: ServerResponse, status: number, body: Buffer, headers: Record<string, string>): void {
  if (response.destroyed) return;
  response.writeHead(status, { ...headers, 'content-length': body.length });
  response.end(body);
}

function drip(response: ServerResponse, body: Buffer, pace: { bytes: number; everyMs: number }): void {
  let sent = 0;
  const timer = setInterval(() => {
    response.write(body.subarray(sent, sent + pace.bytes));
    sent += pace.bytes;
    if (sent < body.length) return;
    clearInterval(timer);
    response.end();
  }, pace.everyMs);
  response.once('close', () => clearInterval(timer));
}
