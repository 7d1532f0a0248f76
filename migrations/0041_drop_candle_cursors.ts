/** Accounts store themselves which candle they execute next. */
export { down as up, up as down } from './0003_candle_cursors.ts';
