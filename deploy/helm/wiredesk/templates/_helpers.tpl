{{- define "wiredesk.name" -}}
{{- if contains .Chart.Name .Release.Name -}}{{ .Release.Name | trunc 40 | trimSuffix "-" }}
{{- else -}}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 40 | trimSuffix "-" }}{{- end -}}
{{- end -}}

{{- define "wiredesk.labels" -}}
app.kubernetes.io/name: wiredesk
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- define "wiredesk.serviceAccount" -}}
{{- .Values.serviceAccount.name | default (include "wiredesk.name" .) -}}
{{- end -}}

{{- /* The image of a stage: (dict "root" $ "stage" "ingest"). */ -}}
{{- define "wiredesk.image" -}}
{{ .root.Values.image.prefix }}{{ .stage }}:{{ .root.Values.image.tag | default .root.Chart.AppVersion }}
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

{{- /* The KafkaUser of a service, which `wiredesk topics export --format strimzi` names so: (dict "root" $ "service" "ingest"). */ -}}
{{- define "wiredesk.user" -}}
{{- regexReplaceAll "[^a-z0-9.-]" (printf "%swiredesk-%s" .root.Values.kafka.topicPrefix .service | lower) "-" | trimAll "-." -}}
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
  value: {{ $value | quote }}
{{- end }}
{{- end -}}

{{- define "wiredesk.secrets" -}}
{{- range .Values.kafka.secrets }}
- secretRef: {name: {{ . }}}
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
  secret: {secretName: {{ . }}}
{{- end }}
{{- end -}}
