import { SentopsError } from '../../core/errors.ts';

const POWERS = 'kMGT';

/** `150MB`, `1GiB`, `4096`: a number of bytes; `what` names the value in the message. */
export function parseBytes(text: string, what: string): number {
  const [, amount, power = '', binary] = /^([0-9]+(?:\.[0-9]+)?)\s*(?:([kKMGT])(i)?)?B?$/.exec(text.trim()) ?? [];
  if (amount === undefined)
    throw new SentopsError('FLAG_INVALID', `${what}: ${JSON.stringify(text)} is no number of bytes`, {
      hint: 'write a number and a unit, for instance 150MB or 1GiB',
      details: { flag: what, value: text },
    });
  const exponent = power === '' ? 0 : POWERS.indexOf(power.replace('K', 'k')) + 1;
  return Math.round(Number(amount) * (binary === undefined ? 1000 : 1024) ** exponent);
}
