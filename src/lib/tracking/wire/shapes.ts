import type { ModelVersion, RunStatus, Stage } from '../entities.ts';

/** MLflow's REST API as JSON: what a server sends and takes. An int64 is a number; empty lists and messages are absent. */

export interface WirePair {
  readonly key: string;
  readonly value: string;
}

/** A double as JSON knows it, and the strings for what JSON does not know. */
export type WireDouble = number | 'NaN' | 'Infinity' | '-Infinity';

export interface WireExperiment {
  readonly experiment_id: string;
  readonly name: string;
  readonly artifact_location: string;
  readonly lifecycle_stage: 'active' | 'deleted';
  readonly creation_time?: number;
  readonly last_update_time?: number;
  readonly tags?: readonly WirePair[];
}

export interface WireMetric {
  readonly key: string;
  readonly value: WireDouble;
  readonly timestamp: number;
  readonly step: number;
  readonly model_id?: string;
  readonly dataset_name?: string;
  readonly dataset_digest?: string;
  readonly run_id?: string;
}

export interface WireDatasetInput {
  readonly dataset: {
    readonly name: string;
    readonly digest: string;
    readonly source_type: string;
    readonly source: string;
    readonly schema?: string;
    readonly profile?: string;
  };
  readonly tags?: readonly WirePair[];
}

export interface WireModelOutput {
  readonly model_id: string;
  readonly step: number;
}

export interface WireRunInfo {
  readonly run_id: string;
  /** The same as `run_id`, for clients of MLflow 0. */
  readonly run_uuid: string;
  readonly run_name: string;
  readonly experiment_id: string;
  readonly user_id: string;
  readonly status: RunStatus;
  readonly start_time: number;
  readonly end_time?: number;
  readonly artifact_uri: string;
  readonly lifecycle_stage: 'active' | 'deleted';
}

export interface WireRun {
  readonly info: WireRunInfo;
  readonly data: {
    readonly metrics?: readonly WireMetric[];
    readonly params?: readonly WirePair[];
    readonly tags?: readonly WirePair[];
  };
  readonly inputs: {
    readonly dataset_inputs?: readonly WireDatasetInput[];
    readonly model_inputs?: readonly { readonly model_id: string }[];
  };
  readonly outputs?: { readonly model_outputs: readonly WireModelOutput[] };
}

export type WireLoggedModelStatus = 'LOGGED_MODEL_PENDING' | 'LOGGED_MODEL_READY' | 'LOGGED_MODEL_UPLOAD_FAILED';

export interface WireLoggedModel {
  readonly info: {
    readonly model_id: string;
    readonly experiment_id: string;
    readonly name: string;
    readonly creation_timestamp_ms: number;
    readonly last_updated_timestamp_ms: number;
    readonly artifact_uri: string;
    readonly status: WireLoggedModelStatus;
    readonly status_message?: string;
    readonly model_type?: string;
    readonly source_run_id?: string;
    readonly tags?: readonly WirePair[];
  };
  readonly data?: { readonly params?: readonly WirePair[]; readonly metrics?: readonly WireMetric[] };
}

export interface WireModelVersion {
  readonly name: string;
  /** A text, unlike every other number. */
  readonly version: string;
  readonly creation_timestamp: number;
  readonly last_updated_timestamp: number;
  readonly user_id?: string;
  readonly current_stage: Stage;
  readonly description?: string;
  readonly source: string;
  readonly run_id?: string;
  readonly status: ModelVersion['status'];
  readonly status_message?: string;
  readonly tags?: readonly WirePair[];
  readonly aliases?: readonly string[];
}

interface WireAlias {
  readonly alias: string;
  readonly version: string;
}

export interface WireRegisteredModel {
  readonly name: string;
  readonly creation_timestamp: number;
  readonly last_updated_timestamp: number;
  readonly description?: string;
  readonly latest_versions?: readonly WireModelVersion[];
  readonly tags?: readonly WirePair[];
  readonly aliases?: readonly WireAlias[];
}

export interface WireFile {
  readonly path: string;
  readonly is_dir: boolean;
  readonly file_size?: number;
}

export interface WireError {
  readonly error_code: string;
  readonly message: string;
}
