/** What is known of a model folder once a run keeps it. */
export interface RunStamp {
  readonly runId: string;
  /** Null where the store knows no logged models. */
  readonly modelId: string | null;
  /** Where the run keeps it: `model`. */
  readonly artifactPath: string;
}

/**
 * An MLmodel file of ours as MLflow 3 writes it for a model that belongs to a run: `model_id` names the logged model and
 * stands for the uuid, keys stay in their order. The rest of the file is left as it is, byte for byte.
 */
export function stampRun(mlmodel: string, { runId, modelId, artifactPath }: RunStamp): string {
  const known = mlmodel.split('\n').filter(line => !/^(artifact_path|model_id|run_id):/.test(line));
  const lines = modelId === null ? known : known.filter(line => !line.startsWith('model_uuid:'));
  const stamped = [
    `artifact_path: ${quoteText(artifactPath)}`,
    ...(modelId === null ? [] : [`model_id: ${quoteText(modelId)}`, `model_uuid: ${quoteText(modelId)}`]),
    `run_id: ${quoteText(runId)}`,
  ];
  return stamped.reduce(insertInOrder, lines).join('\n');
}

/** Before the first key that comes later in the alphabet: lines that begin with a space belong to the key above. */
function insertInOrder(lines: readonly string[], line: string): string[] {
  const at = lines.findIndex(other => /^\w/.test(other) && other > line);
  const place = at === -1 ? lines.length - 1 : at;
  return [...lines.slice(0, place), line, ...lines.slice(place)];
}

/** A YAML text in single quotes: only the quote itself is special. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
