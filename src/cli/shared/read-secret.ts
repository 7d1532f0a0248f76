import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';

/** Reads a line without echo from the terminal, or from a pipe; empty if the input ends before it. */
export async function readSecret(question: string): Promise<string> {
  const { stdin, stderr } = process;
  const isTerminal = stdin.isTTY === true;
  if (isTerminal) stderr.write(question);
  // readline echoes to this stream, which discards everything.
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
