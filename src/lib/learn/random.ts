/** A stream of random numbers that depends on its seed alone. */
export interface Random {
  /** At least 0 and below 1. */
  next(): number;
  /** A whole number of at least 0 and below the bound. */
  below(bound: number): number;
  /** Numbers of events where `mean` are expected. */
  poisson(mean: number): number;
}

/** sfc32 of Doty-Humphrey's PractRand, started with the seed and run in. */
export function createRandom(seed: number, stream = 0): Random {
  let [a, b, c, counter] = [seed | 0, Math.floor(seed / 2 ** 32) | 0, stream | 0, 1];
  const draw = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  };
  for (let round = 0; round < 16; round++) draw();
  const next = () => (draw() >>> 5) * 2 ** -27 + (draw() >>> 6) * 2 ** -53;
  return {
    next,
    below: bound => Math.floor(next() * bound),
    // Knuth, The Art of Computer Programming 2, section 3.4.1: right for the small means that bagging has.
    poisson(mean) {
      const limit = Math.exp(-mean);
      let events = 0;
      for (let product = next(); product > limit; product *= next()) events += 1;
      return events;
    },
  };
}

/** Shuffles in place (Fisher & Yates). */
export function shuffle(values: Int32Array, random: Random): void {
  for (let last = values.length - 1; last > 0; last--) {
    const other = random.below(last + 1);
    const kept = values[last] as number;
    values[last] = values[other] as number;
    values[other] = kept;
  }
}
