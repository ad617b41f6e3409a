import type { Secret } from '../config/secret-type.ts';
import type { Json } from '../config/types.ts';
import type { Report } from '../core/report.ts';
import type { DatasetSource } from '../data/types.ts';
import type { DoctorCheck } from '../doctor/types.ts';
import type { Generator } from '../generate/types.ts';
import type { Runner } from '../jobs/types.ts';
import type { Trainer } from '../learn/types.ts';
import type { ModelFormat } from '../model/types.ts';
import type { DriftMetric, Notifier } from '../monitor/types.ts';
import type { Storage } from '../storage/types.ts';
import type { StreamSink, StreamSource } from '../stream/types.ts';
import type { Tracker } from '../tracking/types.ts';

/** Raised when a plugin that was right before would now be wrong; new kinds and optional members do not raise it. */
export const CONTRACT_VERSION = 1;

/** Everything that can be extended, and what an extension of each kind has to be. */
export interface Kinds {
  'dataset-source': DatasetSource;
  'storage-scheme': Storage;
  tracker: Tracker;
  runner: Runner;
  'model-format': ModelFormat;
  trainer: Trainer;
  'stream-source': StreamSource;
  'stream-sink': StreamSink;
  'drift-metric': DriftMetric;
  notifier: Notifier;
  generator: Generator;
  'doctor-check': DoctorCheck;
}

export type Kind = keyof Kinds;

/** What the project file says about this use of the extension. Secrets are revealed by `await value.reveal()`. */
export type ExtensionOptions = Readonly<Record<string, Json | Secret | undefined>>;

/** The world as an extension may touch it: handed over, so that nothing has to be read from `process`. */
export interface ExtensionContext {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted by Ctrl-C, SIGTERM and --timeout. */
  readonly signal: AbortSignal;
  /** Progress and notes; the terminal draws them. */
  readonly report: Report;
  readonly stdin: NodeJS.ReadableStream;
  readonly stdout: NodeJS.WritableStream;
}

/** Makes one instance of an extension. */
export type Factory<K extends Kind> = (
  options: ExtensionOptions,
  context: ExtensionContext,
) => Kinds[K] | Promise<Kinds[K]>;

/** Loads the factory when it is needed for the first time: `() => import('./hello-sink.js')`. */
export type Loader<K extends Kind> = () => Promise<Factory<K> | { readonly default: Factory<K> }>;

export interface ExtensionMeta {
  /** What it is, in a few words; shown in lists. */
  readonly summary?: string;
}

export interface ExtensionApi {
  readonly contract: number;
  register<K extends Kind>(kind: K, name: string, load: Loader<K>, meta?: ExtensionMeta): void;
}

/** The default export of an extensions module. */
export interface ExtensionModule {
  readonly contract: number;
  register(api: ExtensionApi): void;
}

type RequiredKeys<Port> = { [K in keyof Port]-?: object extends Pick<Port, K> ? never : K }[keyof Port];
type TypeName<Value> = Value extends (...args: never[]) => unknown
  ? 'function'
  : Value extends string
    ? 'string'
    : Value extends boolean
      ? 'boolean'
      : Value extends number
        ? 'number'
        : 'object';
type Shape<Port> = { readonly [K in RequiredKeys<Port>]: TypeName<Port[K]> };

interface KindInfo<Port> {
  /** How messages call it. */
  readonly title: string;
  /** Every member that the port demands, with its type: the compiler sees to it that none is missing. */
  readonly shape: Shape<Port>;
}

export const KINDS: { readonly [K in Kind]: KindInfo<Kinds[K]> } = {
  'dataset-source': { title: 'dataset source', shape: { find: 'function', read: 'function' } },
  'storage-scheme': {
    title: 'storage scheme',
    shape: { stat: 'function', list: 'function', read: 'function', write: 'function', delete: 'function' },
  },
  tracker: {
    title: 'tracker',
    shape: {
      uri: 'string',
      experiments: 'object',
      runs: 'object',
      artifacts: 'object',
      loggedModels: 'object',
      models: 'object',
      close: 'function',
    },
  },
  runner: {
    title: 'runner',
    shape: { submit: 'function', describe: 'function', list: 'function', logs: 'function', cancel: 'function' },
  },
  'model-format': {
    title: 'model format',
    shape: { recognises: 'function', read: 'function', write: 'function' },
  },
  trainer: { title: 'trainer', shape: { params: 'object', fit: 'function' } },
  'stream-source': {
    title: 'stream source',
    shape: { replayable: 'boolean', open: 'function', read: 'function', commit: 'function', close: 'function' },
  },
  'stream-sink': {
    title: 'stream sink',
    shape: { delivery: 'string', open: 'function', write: 'function', flush: 'function', close: 'function' },
  },
  'drift-metric': { title: 'drift metric', shape: { features: 'object', levels: 'object', compare: 'function' } },
  notifier: { title: 'notifier', shape: { preview: 'function', send: 'function' } },
  generator: { title: 'generator', shape: { summary: 'string', generate: 'function' } },
  'doctor-check': { title: 'doctor check', shape: { id: 'string', title: 'string', run: 'function' } },
};

export function isKind(text: string): text is Kind {
  return Object.hasOwn(KINDS, text);
}
