import type { Value } from '../data/rows.ts';
import type { Leaf } from './footer.ts';
import type { Values } from './values.ts';

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** A stored value as JSON can hold it: what would lose digits or has no JSON form becomes a text. */
export function showValue(values: Values, index: number, leaf: Leaf): Value {
  if (values.kind === 'bytes') {
    const bytes = values.bytes.subarray(values.starts[index] ?? 0, values.ends[index] ?? 0);
    if (leaf.kind === 'text') return decoder.decode(bytes);
    return leaf.kind === 'decimal' ? decimal(bigEndian(bytes), leaf.scale) : Buffer.from(bytes).toString('base64');
  }
  if (values.kind === 'booleans') return values.values[index] === 1;
  const number = values.values[index] ?? 0;
  if (leaf.kind === 'timestamp') return instant(BigInt(number), leaf.scale);
  if (leaf.kind === 'date') return day(Number(number));
  if (leaf.kind === 'decimal') return decimal(BigInt(number), leaf.scale);
  if (typeof number === 'bigint') return integer(leaf.unsigned ? BigInt.asUintN(64, number) : number);
  return leaf.unsigned ? number >>> 0 : number;
}

function integer(value: bigint): Value {
  const short = Number(value);
  return Number.isSafeInteger(short) ? short : value.toString();
}

function instant(value: bigint, perSecond: number): Value {
  const unit = BigInt(perSecond) / 1000n;
  // Towards the past, also before 1970, where a division rounds the other way.
  const rest = ((value % unit) + unit) % unit;
  const date = new Date(Number((value - rest) / unit));
  if (Number.isNaN(date.getTime())) return value.toString();
  const shown = date.toISOString();
  if (rest === 0n) return shown;
  // Micro- or nanoseconds, behind the milliseconds.
  const digits = rest.toString().padStart(unit === 1000n ? 3 : 6, '0');
  return `${shown.slice(0, -1)}${digits.replace(/^(\d{3})000$/, '$1')}Z`;
}

function day(value: number): Value {
  const date = new Date(value * 86_400_000);
  return Number.isNaN(date.getTime()) ? String(value) : date.toISOString().slice(0, 10);
}

function decimal(value: bigint, scale: number): Value {
  if (scale === 0) return value.toString();
  if (scale > 1000) return `${value}e-${scale}`;
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, '0');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function bigEndian(bytes: Uint8Array): bigint {
  if (bytes.length === 0) return 0n;
  return BigInt.asIntN(bytes.length * 8, BigInt(`0x${Buffer.from(bytes).toString('hex')}`));
}
