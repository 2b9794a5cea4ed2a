{{- /* A name of a service begins with a letter and has no dots, which a release may have: 2026.11 becomes wiredesk-2026-11. */ -}}
{{- define "wiredesk.name" -}}
{{- $release := .Release.Name | replace "." "-" -}}
{{- if regexMatch "^[0-9]" $release -}}{{ printf "%s-%s" .Chart.Name $release | trunc 40 | trimSuffix "-" }}
{{- else if contains .Chart.Name $release -}}{{ $release | trunc 40 | trimSuffix "-" }}
{{- else -}}{{ printf "%s-%s" $release .Chart.Name | trunc 40 | trimSuffix "-" }}{{- end -}}
{{- end -}}

{{- /* The name of a stage's objects: (dict "root" $ "stage" "ingest"). A label of a StatefulSet's pods is its name and eleven
characters, of 63. */ -}}
{{- define "wiredesk.stageName" -}}
{{ include "wiredesk.name" .root | trunc (int (max 1 (sub 51 (len .stage)))) | trimSuffix "-" }}-{{ .stage }}
{{- end -}}

{{- /* A value as text. Helm holds every number of a file as a float: 20261130 would be written 2.026113e+07. */ -}}
{{- define "wiredesk.text" -}}
{{- if and (kindIs "float64" .) (eq (floor .) .) -}}{{ int64 . }}{{ else }}{{ . }}{{- end -}}
{{- end -}}

{{- /* Labels or annotations, whose values must be texts. */ -}}
{{- define "wiredesk.texts" -}}
{{- $texts := dict -}}
{{- range $name, $value := . -}}{{- $_ := set $texts $name (include "wiredesk.text" $value) -}}{{- end -}}
{{- toYaml $texts -}}
{{- end -}}

{{- define "wiredesk.labels" -}}
app.kubernetes.io/name: wiredesk
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | quote }}
{{- end -}}

{{- define "wiredesk.serviceAccount" -}}
{{- .Values.serviceAccount.name | default (ternary (include "wiredesk.name" .) "default" .Values.serviceAccount.create) -}}
{{- end -}}

{{- /* The image of a stage: (dict "root" $ "stage" "ingest"). */ -}}
{{- define "wiredesk.image" -}}
{{ .root.Values.image.prefix }}{{ .stage }}:{{ include "wiredesk.text" (.root.Values.image.tag | default .root.Chart.AppVersion) }}
{{- end -}}

{{- /* Where pods may run, from the defaults or a stage's settings. */ -}}
{{- define "wiredesk.placement" -}}
{{- with .nodeSelector }}
nodeSelector: {{- include "wiredesk.texts" . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "wiredesk.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{- define "wiredesk.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end -}}

{{- /* The name of an object for a name in Kafka, as `wiredesk topics export` has it: a dot is between a letter or a digit and another. */ -}}
{{- define "wiredesk.objectName" -}}
{{- $name := regexReplaceAll "[^a-z0-9.-]" (lower .) "-" -}}
{{- $name = regexReplaceAll "^\\.|\\.$" $name "-" -}}
{{- range until 4 -}}{{- $name = regexReplaceAll "([^a-z0-9])\\.|\\.([^a-z0-9])" $name "$1-$2" -}}{{- end -}}
{{- $name | trunc 253 | trimAll "-." | default "topic" -}}
{{- end -}}

{{- /* The KafkaUser of a service, which `wiredesk topics export --format strimzi` names so: (dict "root" $ "service" "ingest"). */ -}}
{{- define "wiredesk.user" -}}
{{- include "wiredesk.objectName" (printf "%swiredesk-%s" .root.Values.kafka.topicPrefix .service) -}}
{{- end -}}

{{- /* Variables of the connection to Kafka, and further ones: (dict "root" $ "service" "ingest" "env" (dict)). */ -}}
{{- define "wiredesk.env" -}}
- name: WIREDESK_BOOTSTRAP_SERVERS
  value: {{ required "kafka.bootstrapServers: give the addresses of the brokers, host:port" .root.Values.kafka.bootstrapServers | quote }}
{{- with .root.Values.kafka.topicPrefix }}
- name: WIREDESK_TOPIC_PREFIX
  value: {{ . | quote }}
{{- end }}
{{- if .root.Values.kafka.users }}
- name: WIREDESK_SASL_USERNAME
  value: {{ include "wiredesk.user" . | quote }}
- name: WIREDESK_SASL_PASSWORD
  valueFrom: {secretKeyRef: {name: {{ include "wiredesk.user" . | quote }}, key: password}}
{{- end }}
{{- range $name, $value := merge (dict) .env .root.Values.kafka.env }}
- name: {{ $name }}
  value: {{ include "wiredesk.text" $value | quote }}
{{- end }}
{{- end -}}

{{- define "wiredesk.secrets" -}}
{{- range .Values.kafka.secrets }}
- secretRef: {name: {{ . | quote }}}
{{- end }}
{{- end -}}

{{- define "wiredesk.mounts" -}}
- {name: tmp, mountPath: /tmp}
{{- if .Values.kafka.tlsSecret }}
- {name: tls, mountPath: /etc/wiredesk/tls, readOnly: true}
{{- end }}
{{- end -}}

{{- define "wiredesk.volumes" -}}
- name: tmp
  emptyDir: {sizeLimit: 64Mi}
{{- with .Values.kafka.tlsSecret }}
- name: tls
  secret: {secretName: {{ . | quote }}}
{{- end }}
{{- end -}}

{{- /* Workers of a stage, at most: (dict "root" $ "input" "pages.raw" "max" null). An input of one partition has one. */ -}}
{{- define "wiredesk.maxWorkers" -}}
{{- $partitions := .root.Values.topics.partitions | default 6 -}}
{{- range (.root.Files.Get "files/topics.json" | fromJson).topics -}}
{{- if eq .name $.input -}}{{- $partitions = ternary .partitions ($.root.Values.topics.partitions | default .partitions) .fixed -}}{{- end -}}
{{- end -}}
{{- min (int (.max | default $partitions)) (int $partitions) -}}
{{- end -}}

{{- /* How KEDA connects to Kafka: the protocol and the mechanism of the workers, in KEDA's words; empty without SASL and TLS. */ -}}
{{- define "wiredesk.scalerSecurity" -}}
{{- $env := .Values.kafka.env -}}
{{- $protocol := $env.WIREDESK_SECURITY_PROTOCOL | default "PLAINTEXT" -}}
{{- $mechanism := $env.WIREDESK_SASL_MECHANISM | default "SCRAM-SHA-512" -}}
{{- $names := dict "PLAIN" "plaintext" "SCRAM-SHA-256" "scram_sha256" "SCRAM-SHA-512" "scram_sha512" "OAUTHBEARER" "oauthbearer" -}}
{{- if hasPrefix "SASL_" $protocol }}
sasl: {{ get $names $mechanism | default $mechanism }}
{{- end }}
{{- if hasSuffix "SSL" $protocol }}
tls: enable
{{- end }}
{{- end -}}

{{- define "wiredesk.scalerAuthentication" -}}
{{- .Values.defaults.scaling.authentication | default (printf "%s-kafka" (include "wiredesk.name" .)) -}}
{{- end -}}
