import type { Paint, Role, SeriesRole } from './drawing.ts';

/**
 * Colours on a light ground. The series are told apart with any kind of colour vision (after Okabe and Ito 2008, the
 * pale ones darkened to a contrast of 3:1 on white); lines beyond the fourth are dashed as well.
 */
export const LIGHT: Readonly<Record<Role, `#${string}`>> = {
  paper: '#ffffff',
  ink: '#1f2328',
  muted: '#59636e',
  grid: '#e3e6ea',
  accent: '#0b5394',
  onAccent: '#ffffff',
  series1: '#0072b2',
  series2: '#d55e00',
  series3: '#00896a',
  series4: '#a3478b',
  series5: '#2e97cf',
  series6: '#ab7b00',
  series7: '#5a4fb0',
  series8: '#6b6b6b',
};

/** The same roles on a dark ground. */
export const DARK: Readonly<Record<Role, `#${string}`>> = {
  paper: '#161b22',
  ink: '#e6edf3',
  muted: '#9da7b3',
  grid: '#2d333b',
  accent: '#2f7fc9',
  onAccent: '#ffffff',
  series1: '#4aa8e8',
  series2: '#f2853d',
  series3: '#2fc79c',
  series4: '#d884c1',
  series5: '#8fd0f5',
  series6: '#e3b341',
  series7: '#a59bf0',
  series8: '#b0b7bf',
};

export const SERIES: readonly SeriesRole[] = [
  'series1',
  'series2',
  'series3',
  'series4',
  'series5',
  'series6',
  'series7',
  'series8',
];

const DASHES: readonly (readonly number[])[] = [
  [7, 4],
  [2, 4],
  [9, 4, 2, 4],
];

/** Colour and dash of the series at a position: the first four are solid, no two of the first 28 look alike. */
export function seriesStyle(index: number): { readonly stroke: Paint; readonly dash?: readonly number[] } {
  const stroke = SERIES[index % SERIES.length] ?? 'ink';
  const round = Math.floor((index + 4) / SERIES.length);
  const dash = DASHES[(round - 1) % DASHES.length];
  return round === 0 || dash === undefined ? { stroke } : { stroke, dash };
}

export function isRole(paint: Paint): paint is Role {
  return Object.hasOwn(LIGHT, paint);
}

/** Red, green and blue from 0 to 255. */
export function toRgb(paint: Paint): readonly [number, number, number] {
  const hex = isRole(paint) ? LIGHT[paint] : paint;
  if (!/^#[0-9a-f]{6}$/i.test(hex)) throw new RangeError(`not a colour: ${hex}`);
  const value = Number.parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}
