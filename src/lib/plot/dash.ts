/** Cuts a line into the marks of a dash pattern: lengths of marks and gaps in turn. */
export function dashLine(points: ArrayLike<number>, pattern: readonly number[]): number[][] {
  const total = pattern.reduce((sum, length) => sum + length, 0);
  if (!(total > 0) || pattern.some(length => !(length >= 0)))
    throw new RangeError('a dash pattern needs lengths above 0');
  const pieces: number[][] = [];
  let index = 0;
  let left = pattern[0] ?? 0;
  let piece: number[] = [points[0] ?? 0, points[1] ?? 0];
  for (let at = 2; at + 1 < points.length; at += 2) {
    let x = points[at - 2] ?? 0;
    let y = points[at - 1] ?? 0;
    const toX = points[at] ?? 0;
    const toY = points[at + 1] ?? 0;
    let length = Math.hypot(toX - x, toY - y);
    if (!Number.isFinite(length)) continue;
    while (length > 0 && length >= left) {
      x += ((toX - x) * left) / length;
      y += ((toY - y) * left) / length;
      length -= left;
      if (index % 2 === 0) pieces.push([...piece, x, y]);
      index += 1;
      left = pattern[index % pattern.length] ?? 0;
      piece = [x, y];
    }
    if (length > 0) piece.push(toX, toY);
    left -= length;
  }
  if (index % 2 === 0 && piece.length > 2) pieces.push(piece);
  return pieces;
}
