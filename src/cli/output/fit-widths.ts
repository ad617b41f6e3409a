/** A column narrower than this cannot be read. */
const NARROWEST = 6;

/**
 * Gives every column its natural width where the room allows, else takes from the widest first until all fit.
 * Undefined where even the narrowest readable columns are too many for the room.
 */
export function fitWidths(natural: readonly number[], room: number): number[] | undefined {
  const total = sum(natural);
  if (total <= room) return [...natural];
  if (sum(natural.map(width => Math.min(width, NARROWEST))) > room) return undefined;
  const cap = largestCap(natural, room);
  const widths = natural.map(width => Math.min(width, cap));
  let spare = room - sum(widths);
  return widths.map((width, index) => {
    const more = Math.min(spare, 1, (natural[index] ?? 0) - width);
    spare -= more;
    return width + more;
  });
}

/** The largest width such that columns cut to it fit: found by halving. */
function largestCap(natural: readonly number[], room: number): number {
  let low = NARROWEST;
  let high = Math.max(...natural);
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (sum(natural.map(width => Math.min(width, middle))) <= room) low = middle;
    else high = middle - 1;
  }
  return low;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
