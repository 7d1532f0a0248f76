import { describe, expect, test } from 'vitest';
import { asExchangeFailure } from '../../../src/market/exchange/failure.ts';

function ccxtError(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

describe('the failure of an error of ccxt', () => {
  test.each([
    ['binanceusdm {"code":-1120,"msg":"Invalid interval."}', 'Invalid interval'],
    ['bybit {"retCode":10001,"retMsg":"params error","result":{}}', 'params error'],
    ['binanceusdm does not have market symbol X', 'binanceusdm does not have market symbol X'],
    ['binanceusdm {"code":-1,"msg":""}', 'binanceusdm {"code":-1,"msg":""}'],
  ])('%s has the sentence of the exchange', (message, words) => {
    const failure = asExchangeFailure(ccxtError('BadRequest', message));
    expect(failure).toMatchObject({ kind: 'rejected', message: words });
  });

  test('of a stream that the country may not see says what helps', () => {
    const failure = asExchangeFailure(ccxtError('NetworkError', 'Unexpected server response: 451'));
    expect(failure.kind).toBe('forbidden');
    expect(failure.message).toMatch(/^its stream does not serve .* \(HTTP 451\): set EXCHANGE_PROXY /);
  });

  test('is one line of printable characters, and not longer than 200 of them', () => {
    const message = `binanceusdm {"msg":"a\u0000b\n${'c'.repeat(300)}"}`;
    expect(asExchangeFailure(ccxtError('BadRequest', message)).message).toMatch(/^[ -~]{200}\.\.\.$/);
  });

  test('of another error is an answer that could not be read', () => {
    expect(asExchangeFailure(ccxtError('TypeError', 'x'))).toMatchObject({ kind: 'malformed', message: 'x' });
    expect(asExchangeFailure('x')).toMatchObject({ message: 'the answer could not be read' });
  });
});
