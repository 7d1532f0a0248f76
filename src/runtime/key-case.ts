/** `maxPositions` as `max_positions`. */
export type SnakeCase<Name extends string> = Name extends `${infer First}${infer Rest}`
  ? `${First extends Lowercase<First> ? First : `_${Lowercase<First>}`}${SnakeCase<Rest>}`
  : '';

/** `max_positions` as `maxPositions`. */
export type CamelCase<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name;

export type SnakeKeys<T> = { [Key in keyof T as SnakeCase<Key & string>]: T[Key] };
export type CamelKeys<T> = { [Key in keyof T as CamelCase<Key & string>]: T[Key] };

/** An object of the program in the form of database rows and JSON answers; nested objects stay as they are. */
export const snakeKeys = createKeyMapper((name) =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
) as <T extends object>(object: T) => SnakeKeys<T>;

/** A row of the database in the form of the program's objects; nested objects stay as they are. */
export const camelKeys = createKeyMapper((name) =>
  name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
) as <T extends object>(row: T) => CamelKeys<T>;

/** Names are converted once, because rows are read by the thousand. */
function createKeyMapper(convert: (name: string) => string): (object: object) => object {
  const converted = new Map<string, string>();
  return (object) => {
    const result: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(object)) {
      const key = converted.get(name) ?? convert(name);
      converted.set(name, key);
      result[key] = value;
    }
    return result;
  };
}
