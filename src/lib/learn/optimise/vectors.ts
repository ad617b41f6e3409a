/** Four sums side by side: one alone would wait for each addition to end before the next can begin. */
export function dot(a: Float64Array, b: Float64Array): number {
  const whole = a.length - (a.length % 4);
  let [first, second, third, fourth] = [0, 0, 0, 0];
  for (let index = 0; index < whole; index += 4) {
    first += (a[index] as number) * (b[index] as number);
    second += (a[index + 1] as number) * (b[index + 1] as number);
    third += (a[index + 2] as number) * (b[index + 2] as number);
    fourth += (a[index + 3] as number) * (b[index + 3] as number);
  }
  for (let index = whole; index < a.length; index++) first += (a[index] as number) * (b[index] as number);
  return first + second + (third + fourth);
}

export function norm(a: Float64Array): number {
  return Math.sqrt(dot(a, a));
}

/** y ← y + factor · x */
export function addScaled(y: Float64Array, factor: number, x: Float64Array): void {
  for (let index = 0; index < y.length; index++) y[index] = (y[index] as number) + factor * (x[index] as number);
}

export function subtract(a: Float64Array, b: Float64Array): Float64Array {
  const result = new Float64Array(a.length);
  for (let index = 0; index < a.length; index++) result[index] = (a[index] as number) - (b[index] as number);
  return result;
}

export function scale(a: Float64Array, factor: number): void {
  for (let index = 0; index < a.length; index++) a[index] = (a[index] as number) * factor;
}
