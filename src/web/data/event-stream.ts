/** One message of a server-sent event stream. */
export interface StreamMessage {
  readonly id: string | undefined;
  readonly event: string;
  readonly data: string;
}

/**
 * Parses an event stream that arrives in chunks, cut anywhere (HTML Living Standard, 9.2.6).
 * @returns a function that takes the next chunk and returns the messages that it completes
 */
export function eventStreamParser(): (chunk: string) => StreamMessage[] {
  let rest = '';
  let id: string | undefined;
  let event = '';
  let data: string[] = [];

  return (chunk) => {
    const messages: StreamMessage[] = [];
    // A chunk may end between the two characters of a line end.
    const text = rest + chunk;
    const whole = text.endsWith('\r') ? text.slice(0, -1) : text;
    const lines = whole.split(/\r\n|\n|\r/);
    rest = (lines.pop() ?? '') + text.slice(whole.length);
    for (const line of lines) {
      if (line !== '') {
        readField(line);
        continue;
      }
      if (data.length > 0)
        messages.push({ id, event: event === '' ? 'message' : event, data: data.join('\n') });
      event = '';
      data = [];
    }
    return messages;
  };

  function readField(line: string): void {
    const colon = line.indexOf(':');
    const name = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'data') data.push(value);
    else if (name === 'event') event = value;
    else if (name === 'id' && !value.includes('\0')) id = value;
  }
}
