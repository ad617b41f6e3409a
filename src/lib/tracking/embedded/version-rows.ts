import type { Store } from './store.ts';

/** Not `ON CONFLICT`: newer revisions lead the key by a workspace. */
export function setVersionTag(store: Store, name: string, version: number, key: string, value: string): void {
  const changed = store.run(
    'UPDATE model_version_tags SET value = ? WHERE name = ? AND version = ? AND key = ?',
    value,
    name,
    version,
    key,
  );
  if (changed === 0)
    store.run(
      'INSERT INTO model_version_tags (key, value, name, version) VALUES (?, ?, ?, ?)',
      key,
      value,
      name,
      version,
    );
}

/** A model changes with its versions. */
export function touchModel(store: Store, name: string, now: number): void {
  store.run('UPDATE registered_models SET last_updated_time = ? WHERE name = ?', now, name);
}
