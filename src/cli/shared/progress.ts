/** Shows the progress of long work and its rate: a bar on a terminal, otherwise a line for every 10 %. */
export function createProgress(what: string, stream: NodeJS.WriteStream = process.stderr) {
  let shown = -1;
  let begin: { readonly done: number; readonly at: number } | undefined;
  return {
    show(done: number, total: number) {
      begin ??= { done, at: performance.now() };
      const percent = total === 0 ? 100 : Math.floor((done / total) * 100);
      const rate = Math.round(((done - begin.done) * 1000) / Math.max(1, performance.now() - begin.at));
      const words = `${done.toLocaleString('en')} of ${total.toLocaleString('en')} ${what}, ${rate.toLocaleString('en')} a second`;
      if (stream.isTTY) {
        const bar = '='.repeat(Math.floor(percent / 4)).padEnd(25, ' ');
        stream.write(`\r[${bar}] ${percent} %  ${words}  `);
      } else if (Math.floor(percent / 10) > shown) {
        stream.write(`${percent} %: ${words}\n`);
        shown = Math.floor(percent / 10);
      }
    },
    /** Makes room for a line of other output; the next `show` draws the bar again. */
    clear() {
      if (stream.isTTY) stream.write('\r\x1b[K');
    },
    end() {
      if (stream.isTTY) stream.write('\n');
    },
  };
}
