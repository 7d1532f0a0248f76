import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';

/**
 * A line from a person, which is not shown while it is typed, or from a pipe; empty when the input ends before.
 */
export async function readSecret(question: string): Promise<string> {
  const { stdin, stderr } = process;
  const isTerminal = stdin.isTTY === true;
  if (isTerminal) stderr.write(question);
  // readline echoes to where nothing is seen.
  const output = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: stdin, output, terminal: isTerminal });
  try {
    for await (const line of lines) {
      if (isTerminal) stderr.write('\n');
      return line;
    }
    return '';
  } finally {
    lines.close();
  }
}
