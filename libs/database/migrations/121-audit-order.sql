-- Rows of the audit log that were written in one millisecond are listed as they were written: their ids begin with the
-- time in units of 16 us (RFC 9562, version 8), not with chance. PostgreSQL's own uuidv7() is there from 18 on only.
do $$
declare
  audit_table text;
begin
  foreach audit_table in array array['tenant_data.audit_log', 'platform.audit_log'] loop
    execute format(
      'alter table %s alter column audit_id set default encode(
         set_bit(set_bit(overlay(
           uuid_send(gen_random_uuid())
           placing substring(int8send((extract(epoch from clock_timestamp()) * 1000000)::bigint >> 4) from 3 for 6)
           from 1 for 6
         ), 54, 0), 55, 1), ''hex'')::uuid',
      audit_table);
  end loop;
end $$;
