-- Live streams of alerts read them in the order they changed.
create index alerts_by_update on tenant_data.alerts (tenant_id, updated_at);

-- The most severe first, of those the newest: all columns in one direction, or the whole tenant is sorted.
drop index tenant_data.alerts_by_severity;
create index alerts_by_severity on tenant_data.alerts
  (tenant_id, severity desc, last_event_at desc, alert_id desc);
drop index tenant_data.incidents_by_severity;
create index incidents_by_severity on tenant_data.incidents
  (tenant_id, severity desc, last_alert_at desc, incident_id desc);
