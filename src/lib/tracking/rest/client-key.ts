import type { Texts } from '../entities.ts';

/** The tag by which a call whose answer was lost finds what it made. */
export const KEY_TAG = 'sentops.key';

/** The tag is ours, not what somebody wrote: it is not shown. */
export function withoutKey<Entity extends { readonly tags: Texts }>(entity: Entity): Entity {
  const { [KEY_TAG]: _, ...tags } = entity.tags;
  return { ...entity, tags };
}

/** Loaded when a key is asked for: who only reads does not wait for the module. */
export function newKey(): string {
  return process.getBuiltinModule('node:crypto').randomUUID();
}

/** A comparison in MLflow's filter language. It has no escapes: a text may hold one kind of quote, not both. */
export function hasKey(key: string): string {
  return `tags.\`${KEY_TAG}\` = ${quote(key)}`;
}

function quote(text: string): string {
  return text.includes("'") ? `"${text}"` : `'${text}'`;
}
