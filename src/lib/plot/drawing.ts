/** A picture as data, in logical pixels with y downwards; rendered as SVG text or as PNG bytes. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  /** Says in a line what the picture is. */
  readonly title: string;
  /** Says in a sentence or two what it shows, for those who cannot see it. */
  readonly description: string;
  readonly shapes: readonly Shape[];
}

/** A colour as `#rrggbb`, or the name of its role: pages in a dark scheme give roles other colours. */
export type Paint = Role | `#${string}`;
export type Role = 'paper' | 'ink' | 'muted' | 'grid' | 'accent' | 'onAccent' | SeriesRole;
export type SeriesRole = `series${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8}`;

export type Shape = Rect | Line | Polygon | Circle | Text | Clip;

export interface Rect {
  readonly type: 'rect';
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly fill: Paint;
  readonly opacity?: number;
}

/** A line through all points, with round joins and ends. */
export interface Line {
  readonly type: 'line';
  /** x and y in turn. */
  readonly points: ArrayLike<number>;
  readonly stroke: Paint;
  readonly width: number;
  readonly opacity?: number;
  /** Lengths of marks and gaps in turn. */
  readonly dash?: readonly number[];
}

export interface Polygon {
  readonly type: 'polygon';
  /** x and y in turn; the outline must not cross itself. */
  readonly points: ArrayLike<number>;
  readonly fill: Paint;
  readonly opacity?: number;
}

export interface Circle {
  readonly type: 'circle';
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly fill: Paint;
  readonly opacity?: number;
}

export interface Text {
  readonly type: 'text';
  /** Where the anchor is; y is that of the baseline. */
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly size: number;
  readonly fill: Paint;
  readonly anchor: Anchor;
  readonly weight: Weight;
  /** Degrees around the anchor, clockwise. */
  readonly rotate?: number;
}

type Anchor = 'start' | 'middle' | 'end';
export type Weight = 'regular' | 'bold';

/** Shapes of which only what lies inside a rectangle is seen; not nested. */
export interface Clip {
  readonly type: 'clip';
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly shapes: readonly Exclude<Shape, Clip>[];
}
