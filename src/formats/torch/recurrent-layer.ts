import type { StateDict } from '../model-files.ts';

/** Gates of torch's recurrent layers, which `weight_hh_l0` [gates * hidden, hidden] has one below the other. */
const LAYERS: ReadonlyMap<number, string> = new Map([
  [1, 'RNN'],
  [3, 'GRU'],
  [4, 'LSTM'],
]);

/** The kind of the first recurrent layer of a model; undefined where it has none. */
export function recurrentLayer(state: StateDict): string | undefined {
  for (const [name, { shape }] of state) {
    if (!/(?:^|\.)weight_hh_l0$/.test(name)) continue;
    const [rows = 0, hidden = 0] = shape;
    return LAYERS.get(rows / hidden);
  }
  return undefined;
}
