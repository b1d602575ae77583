// Reads one container of FLOIP a line, answers one JSON list a line: what its own schemas find wrong with it and with its blocks.
const { readFileSync } = require("node:fs");
const { createRequire } = require("node:module");
const { join } = require("node:path");
const { createInterface } = require("node:readline");

const peer = createRequire(join(__dirname, "..", "prism", "package.json"));
const Ajv = peer("ajv").default;
const addFormats = peer("ajv-formats").default ?? peer("ajv-formats");

const ajv = new Ajv({ allErrors: true, strict: false });
addFormats(ajv);
const compiled = (name) => ajv.compile(JSON.parse(readFileSync(join(__dirname, "schemas", `${name}.json`), "utf8")));

const container = compiled("flowSpecJsonSchema");
const blocks = {
  "MobilePrimitives.Message": compiled("IMessageBlock"),
  "MobilePrimitives.SelectOneResponse": compiled("ISelectOneResponseBlock"),
  "MobilePrimitives.SelectManyResponses": compiled("ISelectManyResponseBlock"),
  "MobilePrimitives.OpenResponse": compiled("IOpenResponseBlock"),
  "SmartDevices.PhotoResponse": compiled("IPhotoResponseBlock"),
  "Core.Case": compiled("ICaseBlock"),
  "Core.RunFlow": compiled("IRunFlowBlock"),
  "Core.SetContactProperty": compiled("ISetContactPropertyBlock"),
  "Core.Output": compiled("IOutputBlock"),
};

const wrong = (validate, value, where) =>
  validate(value) ? [] : validate.errors.map((error) => `${where}${error.instancePath} ${error.message}`);

createInterface({ input: process.stdin }).on("line", (line) => {
  const given = JSON.parse(line);
  const found = wrong(container, given, "");
  for (const block of given.flows?.[0]?.blocks ?? []) {
    const known = blocks[block.type];
    found.push(...(known ? wrong(known, block, block.label) : [`${block.label} is of type ${block.type}`]));
  }
  console.log(JSON.stringify(found));
});
