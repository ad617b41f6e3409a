/**
 * What a long piece of work tells whoever watches it. The library only emits these events;
 * the terminal draws them, `--log-format json` prints them, `--json` and `-q` drop them.
 */
export type ReportEvent =
  | { type: 'step'; id: string; label: string; state: 'start' | 'done' | 'fail' | 'skip'; detail?: string }
  | { type: 'progress'; id: string; label: string; done: number; total?: number; unit?: 'bytes' | 'rows' | 'items' }
  | { type: 'note'; level: NoteLevel; message: string; data?: Readonly<Record<string, unknown>> };

type NoteLevel = 'debug' | 'info' | 'warn' | 'error';

export type Report = (event: ReportEvent) => void;

/** For callers that do not watch. */
export const silent: Report = () => {};
