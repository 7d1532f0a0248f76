/** Shows the progress of long work: a bar on a terminal, otherwise a line for every 10 %. */
export function createProgress(what: string, stream: NodeJS.WriteStream = process.stderr) {
  let shown = -1;
  return {
    show(done: number, total: number) {
      const percent = total === 0 ? 100 : Math.floor((done / total) * 100);
      const words = `${done.toLocaleString('en')} of ${total.toLocaleString('en')} ${what}`;
      if (stream.isTTY) {
        const bar = '='.repeat(Math.floor(percent / 4)).padEnd(25, ' ');
        stream.write(`\r[${bar}] ${percent} %  ${words}  `);
      } else if (Math.floor(percent / 10) > shown) {
        stream.write(`${percent} %: ${words}\n`);
        shown = Math.floor(percent / 10);
      }
    },
    end() {
      if (stream.isTTY) stream.write('\n');
    },
  };
}
