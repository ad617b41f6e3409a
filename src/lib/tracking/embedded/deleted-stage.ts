/** The stage of a deleted version: MLflow keeps its row, so that its number is never given again. */
export const DELETED = 'Deleted_Internal';
