import type { Factory } from '../../extend/contract.ts';
import type { Tracker } from '../types.ts';
import { parseAddress } from './address.ts';
import { createApi } from './api.ts';
import { restArtifacts } from './artifacts.ts';
import { findCredentials } from './credentials.ts';
import { restExperiments } from './experiments.ts';
import { createHttp } from './http.ts';
import { restLoggedModels } from './logged-models.ts';
import { restModels } from './models.ts';
import { createPlaces } from './places.ts';
import { readNumber } from './retry.ts';
import { restRuns } from './runs.ts';
import { readTls } from './tls.ts';

/** MLflow's client gives up after seven, and waits twice as long before each: four minutes are too long at a prompt. */
const RETRIES = 5;
const TIMEOUT_S = 120;

/** The port over an MLflow server. Nothing is asked before the first call. */
const createRestTracker: Factory<'tracker'> = async (options, context) => {
  const { env } = context;
  const address = parseAddress(String(options['uri'] ?? ''));
  const credentials = await findCredentials(address, options, env);
  const http = createHttp({
    address,
    tls: address.base.protocol === 'https:' ? await readTls(context) : {},
    timeoutMs: readNumber(env, 'MLFLOW_HTTP_REQUEST_TIMEOUT', TIMEOUT_S) * 1000,
    context,
  });
  const api = createApi({
    http,
    base: address.base,
    shown: address.shown,
    credentials,
    retries: readNumber(env, 'MLFLOW_HTTP_REQUEST_MAX_RETRIES', RETRIES),
    factor: readNumber(env, 'MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR', 1),
    context,
  });
  const runs = restRuns(api);
  const loggedModels = restLoggedModels(api);
  const tracker: Tracker = {
    uri: address.shown,
    experiments: restExperiments(api),
    runs,
    artifacts: restArtifacts(api, runs.get),
    loggedModels,
    models: restModels(api, createPlaces(api, runs.get, loggedModels.get)),
    close: async () => http.close(),
  };
  return tracker;
};

export default createRestTracker;
