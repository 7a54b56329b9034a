/**
 * Every module of `src/convex` by the name that Convex gives it, imported statically so that the
 * bundler sees them. Written by scripts/codegen.ts; do not edit.
 */
import * as access from "../convex/access.ts"
import * as actionTypes from "../convex/actionTypes.ts"
import * as actions from "../convex/actions.ts"
import * as admin from "../convex/admin.ts"
import * as board from "../convex/board.ts"
import * as crons from "../convex/crons.ts"
import * as documents from "../convex/documents.ts"
import * as events from "../convex/events.ts"
import * as ingest from "../convex/ingest.ts"
import * as nodes from "../convex/nodes.ts"
import * as orchestrations from "../convex/orchestrations.ts"
import * as ownership from "../convex/ownership.ts"
import * as phases from "../convex/phases.ts"
import * as projects from "../convex/projects.ts"
import * as refusal from "../convex/refusal.ts"
import * as retention from "../convex/retention.ts"
import * as rows_actionPayload from "../convex/rows/actionPayload.ts"
import * as rows_actionReceipt from "../convex/rows/actionReceipt.ts"
import * as rows_actions from "../convex/rows/actions.ts"
import * as rows_activeTeams from "../convex/rows/activeTeams.ts"
import * as rows_applyTeam from "../convex/rows/applyTeam.ts"
import * as rows_batch from "../convex/rows/batch.ts"
import * as rows_boardOrchestrations from "../convex/rows/boardOrchestrations.ts"
import * as rows_boardTasks from "../convex/rows/boardTasks.ts"
import * as rows_claims from "../convex/rows/claims.ts"
import * as rows_detail from "../convex/rows/detail.ts"
import * as rows_eraseOrchestration from "../convex/rows/eraseOrchestration.ts"
import * as rows_events from "../convex/rows/events.ts"
import * as rows_fields from "../convex/rows/fields.ts"
import * as rows_heartbeats from "../convex/rows/heartbeats.ts"
import * as rows_members from "../convex/rows/members.ts"
import * as rows_moveTeam from "../convex/rows/moveTeam.ts"
import * as rows_nodeNames from "../convex/rows/nodeNames.ts"
import * as rows_nodeReports from "../convex/rows/nodeReports.ts"
import * as rows_orchestrations from "../convex/rows/orchestrations.ts"
import * as rows_phases from "../convex/rows/phases.ts"
import * as rows_progress from "../convex/rows/progress.ts"
import * as rows_registerTeam from "../convex/rows/registerTeam.ts"
import * as rows_registry from "../convex/rows/registry.ts"
import * as rows_supervisorStates from "../convex/rows/supervisorStates.ts"
import * as rows_sweep from "../convex/rows/sweep.ts"
import * as rows_taskCounts from "../convex/rows/taskCounts.ts"
import * as rows_tasks from "../convex/rows/tasks.ts"
import * as rows_teams from "../convex/rows/teams.ts"
import * as search from "../convex/search.ts"
import * as supervisorStates from "../convex/supervisorStates.ts"
import * as tasks from "../convex/tasks.ts"
import * as teamMembers from "../convex/teamMembers.ts"
import * as teams from "../convex/teams.ts"
import * as tokens from "../convex/tokens.ts"
import schema from "../convex/schema.ts"

export const modules = {
  access,
  actionTypes,
  actions,
  admin,
  board,
  crons,
  documents,
  events,
  ingest,
  nodes,
  orchestrations,
  ownership,
  phases,
  projects,
  refusal,
  retention,
  "rows/actionPayload": rows_actionPayload,
  "rows/actionReceipt": rows_actionReceipt,
  "rows/actions": rows_actions,
  "rows/activeTeams": rows_activeTeams,
  "rows/applyTeam": rows_applyTeam,
  "rows/batch": rows_batch,
  "rows/boardOrchestrations": rows_boardOrchestrations,
  "rows/boardTasks": rows_boardTasks,
  "rows/claims": rows_claims,
  "rows/detail": rows_detail,
  "rows/eraseOrchestration": rows_eraseOrchestration,
  "rows/events": rows_events,
  "rows/fields": rows_fields,
  "rows/heartbeats": rows_heartbeats,
  "rows/members": rows_members,
  "rows/moveTeam": rows_moveTeam,
  "rows/nodeNames": rows_nodeNames,
  "rows/nodeReports": rows_nodeReports,
  "rows/orchestrations": rows_orchestrations,
  "rows/phases": rows_phases,
  "rows/progress": rows_progress,
  "rows/registerTeam": rows_registerTeam,
  "rows/registry": rows_registry,
  "rows/supervisorStates": rows_supervisorStates,
  "rows/sweep": rows_sweep,
  "rows/taskCounts": rows_taskCounts,
  "rows/tasks": rows_tasks,
  "rows/teams": rows_teams,
  search,
  supervisorStates,
  tasks,
  teamMembers,
  teams,
  tokens,
}

export { schema }
