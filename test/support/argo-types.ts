/** The part of Argo's types that emitted workflows use. The strict schemas hold the whole. */
export interface Artifact {
  readonly name: string;
  readonly path?: string;
  readonly from?: string;
  readonly optional?: boolean;
  readonly s3?: { readonly key: string };
  readonly archive?: { readonly none?: object };
}
export interface Parameter {
  readonly name: string;
  readonly value?: string;
  readonly default?: string;
}
export interface Task {
  readonly name: string;
  readonly template: string;
  readonly depends?: string;
  readonly when?: string;
  readonly arguments?: {
    readonly artifacts?: readonly Artifact[];
    readonly parameters?: readonly Parameter[];
  };
}
export interface Volume {
  readonly name: string;
  readonly emptyDir?: object;
  readonly configMap?: { readonly name: string };
  readonly persistentVolumeClaim?: { readonly claimName: string; readonly readOnly?: boolean };
}
export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value: string }[];
  readonly volumeMounts?: readonly {
    readonly name: string;
    readonly mountPath: string;
    readonly readOnly?: boolean;
  }[];
  readonly securityContext?: { readonly readOnlyRootFilesystem?: boolean };
}
export interface Template {
  readonly name: string;
  readonly dag?: { readonly tasks: readonly Task[]; readonly failFast?: boolean };
  readonly inputs?: { readonly artifacts?: readonly Artifact[]; readonly parameters?: readonly Parameter[] };
  readonly outputs?: { readonly artifacts?: readonly Artifact[] };
  readonly container?: Container;
  readonly volumes?: readonly Volume[];
  readonly activeDeadlineSeconds?: number;
  readonly retryStrategy?: { readonly limit: string; readonly expression?: string };
}
export interface WorkflowTemplate {
  readonly kind: 'WorkflowTemplate';
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly entrypoint: string;
    readonly templates: readonly Template[];
    readonly volumes?: readonly Volume[];
    readonly arguments?: { readonly parameters?: readonly Parameter[] };
    readonly activeDeadlineSeconds?: number;
  };
}
