import type { SentopsError } from '../../../core/errors.ts';
import type { ExtraValue } from '../../stages.ts';
import { isRecord, isText } from '../check-fields.ts';
import { parseJson } from '../parse-json.ts';

/**
 * The one JSON line of a stage's `metadata/part-*` (org.apache.spark.ml.util.DefaultParamsWriter): class, timestamp in
 * milliseconds, sparkVersion, uid, paramMap, defaultParamMap (Spark 2.4 and later), and fields of some classes' own.
 */
export interface Metadata {
  /** Without its package: PySpark writes others than the JVM does. */
  readonly className: string;
  readonly uid: string;
  readonly timestamp: number;
  readonly sparkVersion: string;
  readonly sparkMajor: number;
  /** Defaults, and over them what was set. */
  readonly params: ReadonlyMap<string, ExtraValue>;
  /** The whole object. */
  readonly top: Readonly<Record<string, unknown>>;
}

/** Stop words in many languages fit a thousand times. */
const MAX_BYTES = 16 * 1024 * 1024;

export function parseMetadata(bytes: Uint8Array, complain: (what: string) => SentopsError): Metadata {
  if (bytes.length > MAX_BYTES) throw complain(`is ${bytes.length} bytes long, at most ${MAX_BYTES} are read`);
  const line = new TextDecoder().decode(bytes).trim();
  const top = parseJson(line, complain, keepDigits);
  if (!isRecord(top)) throw complain('is not one JSON object');
  const { class: name, uid, sparkVersion, timestamp } = top;
  if (!isText(name) || !isText(uid) || !isText(sparkVersion)) throw complain('has no class, uid or sparkVersion');
  const sparkMajor = Number.parseInt(sparkVersion, 10);
  if (Number.isNaN(sparkMajor)) throw complain(`has the sparkVersion ${JSON.stringify(sparkVersion)}`);
  const params = new Map<string, ExtraValue>();
  for (const key of ['defaultParamMap', 'paramMap']) {
    const map = top[key] ?? {};
    if (!isRecord(map)) throw complain(`has a ${key} that is not an object`);
    for (const [each, value] of Object.entries(map)) params.set(each, plain(value));
  }
  const className = name.slice(name.lastIndexOf('.') + 1);
  return { className, uid, timestamp: Number(timestamp) || 0, sparkVersion, sparkMajor, params, top };
}

/** An integer that a JavaScript number cannot hold (the seed of a forest) stays a text. */
function keepDigits(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source;
  if (typeof value !== 'number' || source === undefined || !/^-?\d+$/u.test(source)) return value;
  return String(value) === source || source === '-0' ? value : source;
}

/** Matrices as parameters (bounds of coefficients) matter to training only: kept as JSON. */
function plain(value: unknown): ExtraValue {
  if (Array.isArray(value)) return value.map(plain);
  return isRecord(value) ? JSON.stringify(value) : (value as ExtraValue);
}

export interface MetadataToWrite {
  readonly className: string;
  readonly uid: string;
  readonly timestamp: number;
  readonly sparkVersion: string;
  /** JSON objects as texts. */
  readonly set: string;
  readonly defaults: string;
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** One line, no line end within: Spark reads the first line only. */
export function formatMetadata(metadata: MetadataToWrite): string {
  const { className, timestamp, sparkVersion, uid, set, defaults, extra = {} } = metadata;
  const head = JSON.stringify({ class: className, timestamp, sparkVersion, uid }).slice(0, -1);
  const tail = JSON.stringify(extra).slice(1);
  return `${head},"paramMap":${set},"defaultParamMap":${defaults}${tail === '}' ? '' : ','}${tail}`;
}
