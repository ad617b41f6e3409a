import type { Project, ProjectRequest } from '../config/types.ts';
import { type CheckStep, createStep, type Step } from './checks/steps.ts';
import type { ExtensionContext, ExtensionOptions, Kind, Kinds } from './contract.ts';
import { describeCause } from './failure.ts';
import type { Extension } from './types.ts';

export interface CheckReport {
  kind: Kind;
  name: string;
  plugin: string;
  /** contract: it was made to work · shape: it was loaded and has every member, and nothing was tried. */
  depth: 'contract' | 'shape';
  steps: CheckStep[];
  ok: boolean;
}

export interface CheckWorld extends ExtensionContext {
  /** Null where it cannot be loaded; what needs one is then not tried. */
  readonly project: Project | null;
  readonly request: ProjectRequest;
}

type PortChecks = { readonly [K in Kind]?: (instance: Kinds[K], step: Step, world: CheckWorld) => Promise<void> };

/**
 * The contract suite of each kind that can be tried anywhere, without a service and without changing anything but
 * what the options point at.
 */
const CHECKS: PortChecks = {
  'stream-sink': async (sink, step) => (await import('./checks/stream-sink.ts')).checkStreamSink(sink, step),
  'stream-source': async (source, step, { signal }) =>
    (await import('./checks/stream-source.ts')).checkStreamSource(source, step, signal),
  'doctor-check': async (check, step, world) =>
    (await import('./checks/doctor-check.ts')).checkDoctorCheck(check, step, world),
  notifier: async (notifier, step) => (await import('./checks/notifier.ts')).checkNotifier(notifier, step),
  'drift-metric': async (metric, step) => (await import('./checks/drift-metric.ts')).checkDriftMetric(metric, step),
  trainer: async (trainer, step, { signal }) =>
    (await import('./checks/trainer.ts')).checkTrainer(trainer, step, signal),
  tracker: async (tracker, step) => (await import('./checks/tracker.ts')).checkTracker(tracker, step),
  'model-format': async (format, step) => (await import('./checks/model-format.ts')).checkModelFormat(format, step),
  generator: async (generator, step, { project }) => {
    if (project !== null) await (await import('./checks/generator.ts')).checkGenerator(generator, step, project);
  },
};

/** Loads an extension, looks at its shape and runs the contract suite of its kind. Never throws but when stopped. */
export async function checkExtension<K extends Kind>(
  extension: Extension<K>,
  options: ExtensionOptions,
  world: CheckWorld,
): Promise<CheckReport> {
  const { kind, name, plugin } = extension;
  const steps: CheckStep[] = [];
  const step = createStep(steps);
  const suite = CHECKS[kind];
  try {
    let instance: Kinds[K] | undefined;
    await step('loads and has the shape of its kind', async () => {
      instance = await extension.create(options, world);
    });
    if (instance !== undefined) await suite?.(instance, step, world);
  } catch (error) {
    if (world.signal.aborted) throw world.signal.reason;
    if (steps.every(({ status }) => status === 'ok'))
      steps.push({ title: 'runs to its end', status: 'fail', detail: describeCause(error) });
  }
  const depth = steps.length > 1 ? 'contract' : 'shape';
  return { kind, name, plugin, depth, steps, ok: steps.every(({ status }) => status === 'ok') };
}
