/**
 * The library's public face: what a program uses that does by itself what the commands do. It prints nothing, exits
 * never, and reads nothing of the process: environment, folders and signals are handed in.
 */
export { importAirflow } from './lib/config/airflow.ts';
export { explainValue } from './lib/config/explain.ts';
export type { Config } from './lib/config/fields/index.ts';
export { formatProblem } from './lib/config/format-problem.ts';
export { loadProject } from './lib/config/load.ts';
export { buildSchema } from './lib/config/schema.ts';
export type { Secret } from './lib/config/secret-type.ts';
export { setValue, setValues } from './lib/config/set.ts';
export { showProject } from './lib/config/show.ts';
export type { Json, Layer, LayerKind, Problem, Project, ProjectRequest } from './lib/config/types.ts';
export { validateProject } from './lib/config/validate.ts';
export { ERRORS, type ErrorCode, SentopsError, type SourcePlace } from './lib/core/errors.ts';
export type { Report, ReportEvent } from './lib/core/report.ts';
export { VERSION } from './lib/core/version.ts';
export { examineProject } from './lib/doctor/examine.ts';
export type { CheckResult, DoctorReport } from './lib/doctor/run.ts';
export { openExtensions } from './lib/extend/open.ts';
export type { Extension, ExtensionEntry, PluginProblem, Registry } from './lib/extend/types.ts';
