/** A piece of work that runs the same anywhere: a script or class with its arguments. */
export interface JobSpec {
  readonly type: 'pyspark' | 'spark' | 'spark-sql';
  /** Script, jar or SQL file: a path or a URI. */
  readonly file: string;
  /** Main class, for type spark. */
  readonly mainClass?: string;
  readonly args: readonly string[];
  readonly properties: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}

export type JobState = 'PENDING' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED';

export interface Job {
  readonly id: string;
  readonly state: JobState;
  /** Why it is in that state, in the runner's words. */
  readonly detail: string | null;
  /** Where the driver's output can be read; null before there is any. */
  readonly driverOutputUri: string | null;
  readonly attempt: number;
}

/** A place where jobs run: this machine, a cluster, a service. */
export interface Runner {
  /** Starts the job and comes back. The same `requestId` again is the same job: a retry never starts a second one. */
  submit(spec: JobSpec, options: JobOptions & { readonly requestId: string }): Promise<Job>;
  describe(id: string, options: JobOptions): Promise<Job | null>;
  list(options: JobOptions & { readonly state?: JobState; readonly limit: number }): AsyncIterable<Job>;
  /** Lines of the driver's output; with `follow` until the job has ended. */
  logs(id: string, options: JobOptions & { readonly follow: boolean }): AsyncIterable<string>;
  /** Asks the job to stop; its state says when it has. */
  cancel(id: string, options: JobOptions): Promise<void>;
}

export interface JobOptions {
  readonly signal: AbortSignal;
}
