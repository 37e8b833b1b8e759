-- Connections whose server refused the PDF of a document and took its text.
create table pdf_refused (
    connection text not null,
    status integer not null, -- HTTP status of the answer that showed it
    refused_at integer not null,
    constraint pdf_refused_once primary key (connection)
);
