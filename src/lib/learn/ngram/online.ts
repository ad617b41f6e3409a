import { RECORD_HEAD } from './records.ts';

/** Errors smaller than this teach nothing. */
const NEGLIGIBLE = 1e-5;
/** Sum of squared gradients that a weight starts with: keeps the first step finite. */
const START_SQUARES = 1e-6;
/** How much slower than a weight an intercept moves. */
const INTERCEPT_RATE = 0.1;

/**
 * Weights of a linear classifier that learns one row after the other by logistic loss, each weight with its own rate
 * (AdaGrad: J. Duchi, E. Hazan, Y. Singer, JMLR 12, 2011).
 */
export interface OnlineState {
  /** For feature f and model m at 3 · (f · models + m): coefficient, sum of squared gradients, learning rate. */
  readonly cells: Float32Array;
  readonly intercepts: Float64Array;
  readonly interceptSquares: Float64Array;
  readonly learningRate: number;
}

export function createState(rates: Float32Array, intercepts: Float64Array, learningRate: number): OnlineState {
  const cells = new Float32Array(rates.length * 3);
  for (let i = 0; i < rates.length; i++) {
    cells[3 * i + 1] = START_SQUARES;
    cells[3 * i + 2] = (rates[i] as number) * learningRate;
  }
  return { cells, intercepts, interceptSquares: new Float64Array(intercepts.length).fill(1), learningRate };
}

/** Learns the rows at places[from] to places[to]; returns the sum of their losses, each before it was learned. */
export function learnBinary(
  state: OnlineState,
  records: Int32Array,
  places: Int32Array,
  from: number,
  to: number,
): number {
  const { cells } = state;
  let loss = 0;
  for (let row = from; row < to; row++) {
    const place = places[row] as number;
    const positive = records[place] as number;
    const start = place + RECORD_HEAD;
    const end = start + (records[place + 1] as number);
    let margin = state.intercepts[0] as number;
    for (let i = start; i < end; i++) margin += cells[3 * (records[i] as number)] as number;
    loss += softplus(positive === 1 ? -margin : margin);
    const error = 1 / (1 + Math.exp(-margin)) - positive;
    if (Math.abs(error) < NEGLIGIBLE) continue;
    const square = error * error;
    for (let i = start; i < end; i++) {
      const cell = 3 * (records[i] as number);
      const squares = (cells[cell + 1] as number) + square;
      cells[cell + 1] = squares;
      cells[cell] = (cells[cell] as number) - ((cells[cell + 2] as number) * error) / Math.sqrt(squares);
    }
    moveIntercept(state, 0, error);
  }
  return loss;
}

/** The same for more classes, by the loss of the softmax. */
export function learnMultinomial(
  state: OnlineState,
  records: Int32Array,
  places: Int32Array,
  from: number,
  to: number,
): number {
  const models = state.intercepts.length;
  const errors = new Float64Array(models);
  let loss = 0;
  for (let row = from; row < to; row++) {
    const place = places[row] as number;
    const label = records[place] as number;
    const start = place + RECORD_HEAD;
    const end = start + (records[place + 1] as number);
    errors.set(state.intercepts);
    addMargins(errors, state.cells, records, start, end);
    loss -= Math.log(Math.max(softmax(errors)[label] as number, Number.MIN_VALUE));
    errors[label] = (errors[label] as number) - 1;
    for (let model = 0; model < models; model++) {
      const error = errors[model] as number;
      if (Math.abs(error) < NEGLIGIBLE) continue;
      moveWeights(state.cells, records, start, end, models, model, error);
      moveIntercept(state, model, error);
    }
  }
  return loss;
}

function addMargins(margins: Float64Array, cells: Float32Array, records: Int32Array, start: number, end: number): void {
  const models = margins.length;
  for (let i = start; i < end; i++) {
    const base = 3 * models * (records[i] as number);
    for (let model = 0; model < models; model++)
      margins[model] = (margins[model] as number) + (cells[base + 3 * model] as number);
  }
}

function moveWeights(
  cells: Float32Array,
  records: Int32Array,
  start: number,
  end: number,
  models: number,
  model: number,
  error: number,
): void {
  const square = error * error;
  for (let i = start; i < end; i++) {
    const cell = 3 * (models * (records[i] as number) + model);
    const squares = (cells[cell + 1] as number) + square;
    cells[cell + 1] = squares;
    cells[cell] = (cells[cell] as number) - ((cells[cell + 2] as number) * error) / Math.sqrt(squares);
  }
}

function moveIntercept(state: OnlineState, model: number, error: number): void {
  const squares = (state.interceptSquares[model] as number) + error * error;
  state.interceptSquares[model] = squares;
  state.intercepts[model] =
    (state.intercepts[model] as number) - (INTERCEPT_RATE * state.learningRate * error) / Math.sqrt(squares);
}

/** In place. */
function softmax(margins: Float64Array): Float64Array {
  const largest = Math.max(...margins);
  let sum = 0;
  for (let i = 0; i < margins.length; i++) {
    const power = Math.exp((margins[i] as number) - largest);
    margins[i] = power;
    sum += power;
  }
  for (let i = 0; i < margins.length; i++) margins[i] = (margins[i] as number) / sum;
  return margins;
}

/** log(1 + exp(x)) without overflow. */
function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}
