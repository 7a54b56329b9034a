/* eslint-disable */
/**
 * Generated `api` utility.
 *
 * THIS CODE IS AUTOMATICALLY GENERATED.
 *
 * To regenerate, run `npx convex dev`.
 * @module
 */

import type * as access from "../access.js";
import type * as actionTypes from "../actionTypes.js";
import type * as actions from "../actions.js";
import type * as admin from "../admin.js";
import type * as board from "../board.js";
import type * as crons from "../crons.js";
import type * as documents from "../documents.js";
import type * as events from "../events.js";
import type * as ingest from "../ingest.js";
import type * as nodes from "../nodes.js";
import type * as orchestrations from "../orchestrations.js";
import type * as ownership from "../ownership.js";
import type * as phases from "../phases.js";
import type * as projects from "../projects.js";
import type * as refusal from "../refusal.js";
import type * as retention from "../retention.js";
import type * as rows_actionPayload from "../rows/actionPayload.js";
import type * as rows_actionReceipt from "../rows/actionReceipt.js";
import type * as rows_actions from "../rows/actions.js";
import type * as rows_activeTeams from "../rows/activeTeams.js";
import type * as rows_applyTeam from "../rows/applyTeam.js";
import type * as rows_batch from "../rows/batch.js";
import type * as rows_boardOrchestrations from "../rows/boardOrchestrations.js";
import type * as rows_boardTasks from "../rows/boardTasks.js";
import type * as rows_claims from "../rows/claims.js";
import type * as rows_detail from "../rows/detail.js";
import type * as rows_eraseOrchestration from "../rows/eraseOrchestration.js";
import type * as rows_events from "../rows/events.js";
import type * as rows_fields from "../rows/fields.js";
import type * as rows_heartbeats from "../rows/heartbeats.js";
import type * as rows_members from "../rows/members.js";
import type * as rows_moveTeam from "../rows/moveTeam.js";
import type * as rows_nodeNames from "../rows/nodeNames.js";
import type * as rows_nodeReports from "../rows/nodeReports.js";
import type * as rows_orchestrations from "../rows/orchestrations.js";
import type * as rows_phases from "../rows/phases.js";
import type * as rows_progress from "../rows/progress.js";
import type * as rows_registerTeam from "../rows/registerTeam.js";
import type * as rows_registry from "../rows/registry.js";
import type * as rows_supervisorStates from "../rows/supervisorStates.js";
import type * as rows_sweep from "../rows/sweep.js";
import type * as rows_taskCounts from "../rows/taskCounts.js";
import type * as rows_tasks from "../rows/tasks.js";
import type * as rows_teams from "../rows/teams.js";
import type * as search from "../search.js";
import type * as supervisorStates from "../supervisorStates.js";
import type * as tasks from "../tasks.js";
import type * as teamMembers from "../teamMembers.js";
import type * as teams from "../teams.js";
import type * as tokens from "../tokens.js";

import type {
  ApiFromModules,
  FilterApi,
  FunctionReference,
} from "convex/server";

declare const fullApi: ApiFromModules<{
  access: typeof access;
  actionTypes: typeof actionTypes;
  actions: typeof actions;
  admin: typeof admin;
  board: typeof board;
  crons: typeof crons;
  documents: typeof documents;
  events: typeof events;
  ingest: typeof ingest;
  nodes: typeof nodes;
  orchestrations: typeof orchestrations;
  ownership: typeof ownership;
  phases: typeof phases;
  projects: typeof projects;
  refusal: typeof refusal;
  retention: typeof retention;
  "rows/actionPayload": typeof rows_actionPayload;
  "rows/actionReceipt": typeof rows_actionReceipt;
  "rows/actions": typeof rows_actions;
  "rows/activeTeams": typeof rows_activeTeams;
  "rows/applyTeam": typeof rows_applyTeam;
  "rows/batch": typeof rows_batch;
  "rows/boardOrchestrations": typeof rows_boardOrchestrations;
  "rows/boardTasks": typeof rows_boardTasks;
  "rows/claims": typeof rows_claims;
  "rows/detail": typeof rows_detail;
  "rows/eraseOrchestration": typeof rows_eraseOrchestration;
  "rows/events": typeof rows_events;
  "rows/fields": typeof rows_fields;
  "rows/heartbeats": typeof rows_heartbeats;
  "rows/members": typeof rows_members;
  "rows/moveTeam": typeof rows_moveTeam;
  "rows/nodeNames": typeof rows_nodeNames;
  "rows/nodeReports": typeof rows_nodeReports;
  "rows/orchestrations": typeof rows_orchestrations;
  "rows/phases": typeof rows_phases;
  "rows/progress": typeof rows_progress;
  "rows/registerTeam": typeof rows_registerTeam;
  "rows/registry": typeof rows_registry;
  "rows/supervisorStates": typeof rows_supervisorStates;
  "rows/sweep": typeof rows_sweep;
  "rows/taskCounts": typeof rows_taskCounts;
  "rows/tasks": typeof rows_tasks;
  "rows/teams": typeof rows_teams;
  search: typeof search;
  supervisorStates: typeof supervisorStates;
  tasks: typeof tasks;
  teamMembers: typeof teamMembers;
  teams: typeof teams;
  tokens: typeof tokens;
}>;

/**
 * A utility for referencing Convex functions in your app's public API.
 *
 * Usage:
 * ```js
 * const myFunctionReference = api.myModule.myFunction;
 * ```
 */
export declare const api: FilterApi<
  typeof fullApi,
  FunctionReference<any, "public">
>;

/**
 * A utility for referencing Convex functions in your app's internal API.
 *
 * Usage:
 * ```js
 * const myFunctionReference = internal.myModule.myFunction;
 * ```
 */
export declare const internal: FilterApi<
  typeof fullApi,
  FunctionReference<any, "internal">
>;

export declare const components: {};
