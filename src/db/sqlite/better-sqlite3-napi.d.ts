/** Version 13 of better-sqlite3, under a name of its own beside version 12; the parts used here are the same. */
declare module 'better-sqlite3-napi' {
  export { default } from 'better-sqlite3';
}
