import { allowedCases } from "./allowed";
import { ALLOWED_TYPE_CASES } from "./allowed-types";
import type { Case } from "./case";
import { COMMAND_TEXT_CASES } from "./command-texts";
import { CONTAINER_KIND_CASES } from "./container-kinds";
import { DAEMON_ADDRESS_CASES } from "./daemon-addresses";
import { dindCases } from "./dind";
import { HIDDEN_KIND_CASES } from "./hidden-kinds";
import { INDIRECT_TEXT_CASES } from "./indirect-texts";
import { kindCases } from "./kinds";
import { NODE_FIELD_CASES } from "./node-fields";
import { NEIGHBOUR_CASES } from "./neighbours";
import { NODE_FIELD_AT_ADMISSION_CASES } from "./node-fields-at-admission";
import { otherCases } from "./others";
import { pathCases } from "./paths";
import { privilegeCases } from "./privileges";
import { REFERENCE_CASES } from "./references";
import { STRANGER_CASES } from "./strangers";
import { TEXT_CASES } from "./texts";
import { volumeCases } from "./volumes";

/** The one table that drives the policy pack, its host and the cluster. */
export const CASES: readonly Case[] = [
  ...pathCases,
  ...volumeCases,
  ...kindCases,
  ...CONTAINER_KIND_CASES,
  ...HIDDEN_KIND_CASES,
  ...privilegeCases,
  ...DAEMON_ADDRESS_CASES,
  ...dindCases,
  ...otherCases,
  ...allowedCases,
  ...ALLOWED_TYPE_CASES,
  ...REFERENCE_CASES,
  ...TEXT_CASES,
  ...COMMAND_TEXT_CASES,
  ...INDIRECT_TEXT_CASES,
  ...NODE_FIELD_CASES,
  ...NEIGHBOUR_CASES,
  ...STRANGER_CASES,
  ...NODE_FIELD_AT_ADMISSION_CASES,
];
