import { SentopsError } from '../../core/errors.ts';
import type { Store } from './store.ts';

/** Asked each time: MLflow may upgrade the database while it is open here. */
export function hasLoggedModels(store: Store): boolean {
  return store.get("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'logged_models'") !== undefined;
}

export function demandLoggedModels(store: Store): void {
  if (!hasLoggedModels(store))
    throw new SentopsError('NOT_FOUND', `the store ${store.file} is of MLflow 2 and has no logged models`, {
      hint: `let MLflow 3 upgrade it: mlflow db upgrade sqlite:///${store.file}`,
      details: { file: store.file },
    });
}
