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

{{- /* Variables of the connection to Kafka, and further ones: (dict "root" $ "env" (dict)). */ -}}
{{- define "wiredesk.env" -}}
- name: WIREDESK_BOOTSTRAP_SERVERS
  value: {{ required "kafka.bootstrapServers: give the addresses of the brokers, host:port" .root.Values.kafka.bootstrapServers | quote }}
{{- with .root.Values.kafka.topicPrefix }}
- name: WIREDESK_TOPIC_PREFIX
  value: {{ . | quote }}
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
