/**
 * Index of the first item at which `isReached` holds, the length if there is none; by binary search.
 * @param isReached false up to some item, true from there on
 */
export function firstIndex<T>(items: ArrayLike<T>, isReached: (item: T) => boolean): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isReached(items[middle] as T)) high = middle;
    else low = middle + 1;
  }
  return low;
}
